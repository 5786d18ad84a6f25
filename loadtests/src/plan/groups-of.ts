import { TWIN } from '../rules/speeds.js';
import type { RunPlan } from '../runners/run-arm.js';
import type { PlannedRun } from './plan-runs.js';

/** Runs that share a start of the system, and the scenarios that are started for them. */
export interface Group {
  readonly runs: readonly PlannedRun[];
  readonly scenarios: readonly string[];
}

/**
 * Groups of the runs of a block that share a start of the system, in their order. A proxy before Redis would change the measurements
 * of other runs, and idle fleets would take some of the machine from runs that compare speeds: both get groups of their own.
 */
export function groupsOf(runs: readonly PlannedRun[]): Group[] {
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
  return [...groups.values()].flatMap(startsOf);
}

/** The runs in one start of everything that they need. */
export function oneStart(runs: readonly PlannedRun[]): Group {
  const scenarios = runs.flatMap((run) => ('runner' in run ? [] : [run.arm.scenario]));
  return { runs, scenarios: [...new Set(scenarios)] };
}

/** Whether the run changes the connection between services and Redis. */
export function needsRedisProxy({ arm, disturbances }: RunPlan): boolean {
  return (
    arm.options.redisRoundTripMs !== undefined ||
    disturbances.some(({ disturbance }) => disturbance.needs.includes('redis-proxy'))
  );
}

/**
 * A twin differs from its original by the start, and by nothing else: the same fleets start again for the twins. They come first if
 * the block drew the first twin before its original, so that neither is always the later one.
 */
function startsOf(runs: readonly PlannedRun[]): Group[] {
  const { scenarios } = oneStart(runs);
  const [twins, others] = [runs.filter(isTwin), runs.filter((run) => !isTwin(run))];
  const [twin] = twins;
  if (twin === undefined || others.length === 0) return [{ runs, scenarios }];
  const original = runs.findIndex(
    (run) => run.experiment === twin.experiment && `${run.arm.name}${TWIN}` === twin.arm.name,
  );
  const inOrder = runs.indexOf(twin) < original ? [twins, others] : [others, twins];
  return inOrder.map((part) => ({ runs: part, scenarios }));
}

/** A runner starts its own servers for each run, so that its twins need nothing. */
function isTwin(run: PlannedRun): run is RunPlan {
  return run.arm.name.endsWith(TWIN) && !('runner' in run);
}

/** Whether its experiment compares the speeds of undisturbed arms. */
function isCalmTwin(run: PlannedRun): boolean {
  return isTwin(run) && run.disturbances.length === 0;
}
