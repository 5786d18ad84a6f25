import { z } from 'zod';
import type { K6Trend } from '../k6/trend.js';
import type { Run } from './results.js';
import { invalidBecause } from './validity.js';

/** What a virtual user prints when its journey ends. */
export const userLedgerSchema = z.object({
  user: z.int(),
  /** Whether a login was ever confirmed. */
  loggedIn: z.boolean(),
  /** How much longer than intended the user's longest pause took. */
  lateMs: z.number(),
  requests: z.int(),
  failedReads: z.int(),
  failedWrites: z.int(),
  loggedOut: z.int(),
  todosAcknowledged: z.int(),
  todosLost: z.int(),
  chatSent: z.int(),
  chatDelivered: z.int(),
  servedBy: z.record(z.string(), z.int()),
  troubleAtMs: z.array(z.number()),
});

export type UserLedger = z.infer<typeof userLedgerSchema>;

export interface RunFacts {
  readonly scenario: string;
  readonly fault: string;
  readonly repeat: number;
  readonly users: number;
  readonly durationSeconds: number;
  /** When the fault was injected, milliseconds since the epoch; undefined in a calm run. */
  readonly faultAtMs: number | undefined;
  readonly answerTime: K6Trend;
}

/** Adds the users' ledgers up, and says whether the run is evidence of anything. */
export function countRun(ledgers: readonly UserLedger[], facts: RunFacts): Run {
  const sum = (of: (ledger: UserLedger) => number): number => ledgers.reduce((total, ledger) => total + of(ledger), 0);
  const requests = sum((ledger) => ledger.requests);
  const failedReads = sum((ledger) => ledger.failedReads);
  const failedWrites = sum((ledger) => ledger.failedWrites);
  const { med, 'p(95)': p95, 'p(99)': p99 } = facts.answerTime.values;
  const evidence = {
    fault: facts.fault,
    users: facts.users,
    finishedUsers: ledgers.length,
    loggedIn: ledgers.filter((ledger) => ledger.loggedIn).length,
    requests,
    failedRequests: failedReads + failedWrites,
    todosAcknowledged: sum((ledger) => ledger.todosAcknowledged),
  };
  const because = invalidBecause({
    ...evidence,
    generatorLateMs: Math.max(0, ...ledgers.map((ledger) => ledger.lateMs)),
    faultConfirmed: facts.fault === 'none' || facts.faultAtMs !== undefined,
  });
  return {
    scenario: facts.scenario,
    repeat: facts.repeat,
    durationSeconds: round(facts.durationSeconds),
    ...evidence,
    valid: because === null,
    invalidBecause: because,
    failedReads,
    failedWrites,
    loggedOut: ledgers.filter((ledger) => ledger.loggedOut > 0).length,
    todosLost: sum((ledger) => ledger.todosLost),
    chatSent: sum((ledger) => ledger.chatSent),
    chatDelivered: sum((ledger) => ledger.chatDelivered),
    requestsPerSecond: round(requests / facts.durationSeconds),
    p50Ms: round(med),
    p95Ms: round(p95),
    p99Ms: round(p99),
    share: shares(ledgers),
    recoveryMs: recovery(ledgers, facts.faultAtMs),
  };
}

function shares(ledgers: readonly UserLedger[]): Record<string, number> {
  const answers = new Map<string, number>();
  for (const { servedBy } of ledgers) {
    for (const [id, count] of Object.entries(servedBy)) answers.set(id, (answers.get(id) ?? 0) + count);
  }
  const total = [...answers.values()].reduce((sum, count) => sum + count, 0);
  const entries = [...answers].sort(([a], [b]) => a.localeCompare(b));
  return Object.fromEntries(entries.map(([id, count]) => [id, round(count / total, 4)]));
}

function recovery(ledgers: readonly UserLedger[], faultAtMs: number | undefined): number {
  if (faultAtMs === undefined) return 0;
  // Trouble that was there before did not come from the fault: round robin over server memory logs users out all the time.
  const untroubled = ledgers.filter(({ troubleAtMs }) => troubleAtMs.every((atMs) => atMs >= faultAtMs));
  return Math.max(0, ...untroubled.flatMap(({ troubleAtMs }) => troubleAtMs.map((atMs) => atMs - faultAtMs)));
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
