import type { RunPlan } from '../runners/run-arm.js';
import type { PlannedRun } from './plan-runs.js';

/**
 * Groups of the runs of a block that share a start of the system, in their order. A proxy before Redis would change the measurements
 * of other runs, and idle fleets would take some of the machine from runs that compare speeds: both get groups of their own.
 */
export function groupsOf(runs: readonly PlannedRun[]): PlannedRun[][] {
  const compared = new Set(runs.filter(isCalmTwin).map(({ experiment }) => experiment));
  const kindOf = (run: PlannedRun): string => {
    if ('runner' in run) return run.runner.id;
    if (needsRedisProxy(run)) return 'redis-proxy';
    return compared.has(run.experiment) ? 'speeds' : 'system';
  };
  const groups = new Map<string, PlannedRun[]>();
  for (const run of runs) {
    const key = `${run.block}/${kindOf(run)}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

/** Whether the run changes the connection between services and Redis. */
export function needsRedisProxy({ arm, disturbances }: RunPlan): boolean {
  return (
    arm.options.redisRoundTripMs !== undefined ||
    disturbances.some(({ disturbance }) => disturbance.needs.includes('redis-proxy'))
  );
}

/** Whether its experiment compares the speeds of undisturbed arms. */
function isCalmTwin(run: PlannedRun): boolean {
  return run.arm.name.endsWith('@twin') && !('runner' in run) && run.disturbances.length === 0;
}
