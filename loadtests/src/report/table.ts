import type { Run } from '../ledger/results.js';

/** The columns of the report's table, and one row of texts per run. */
export const columns = [
  'scenario',
  'fault',
  'logged out',
  'todos lost',
  'failed requests',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'requests/s',
  'recovery ms',
] as const;

export function tableRows(runs: readonly Run[]): string[][] {
  return runs.map((run) => [
    run.scenario,
    run.fault,
    `${run.loggedOut} of ${run.users}`,
    `${run.todosLost} of ${run.todosAcknowledged}`,
    `${run.failedRequests} of ${run.requests}`,
    run.p50Ms.toFixed(1),
    run.p95Ms.toFixed(1),
    run.p99Ms.toFixed(1),
    run.requestsPerSecond.toFixed(0),
    run.recoveryMs.toFixed(0),
  ]);
}
