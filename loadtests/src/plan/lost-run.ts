import type { Run } from '../results/results.js';
import type { RunPlan } from '../runners/run-arm.js';

type LostPlan = Pick<RunPlan, 'experiment' | 'arm' | 'block'> & Partial<Pick<RunPlan, 'load' | 'disturbances'>>;

/** The entry of a run that could not be made: invalid, with its reason, and nothing counted. */
export function lostRun({ experiment, arm, block, load, disturbances }: LostPlan, because: string): Run {
  return {
    ...{ experiment, arm: arm.name, scenario: arm.scenario, engine: arm.engine, block, repeat: block },
    ...{ fault: disturbances?.[0]?.disturbance.id ?? 'none', phase: 'whole', disturbances: [] },
    ...{ valid: false, invalidBecause: inOneLine(because) || 'it failed', users: load?.users ?? 0 },
    ...{
      durationSeconds: 0,
      finishedUsers: 0,
      loggedIn: 0,
      requests: 0,
      failedRequests: 0,
      failedReads: 0,
      failedWrites: 0,
    },
    ...{ loggedOut: 0, todosAcknowledged: 0, todosLost: 0, chatSent: 0, chatDelivered: 0, requestsPerSecond: 0 },
    ...{ p50Ms: 0, p95Ms: 0, p99Ms: 0, share: {}, recoveryMs: null, perServer: {}, counted: {}, estimated: {} },
    cost: { gateway: null, servers: null, redis: null, generator: null },
    perSecond: { requests: [], errors: [], losses: [] },
  };
}

/** The first line of an error names the failure; its last line, from a program's output, usually names the cause. */
function inOneLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return [...new Set([lines[0], lines.at(-1)])].join(' ');
}
