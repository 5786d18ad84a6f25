import { z } from 'zod';

const ratio = z.number().min(0).max(1);
const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

/** One k6 run of one scenario under one fault, as counted by its users. */
export const runSchema = z.strictObject({
  scenario: z.string(),
  fault: z.string(),
  repeat: count,
  durationSeconds: z.number().nonnegative(),
  users: count,
  /** Users whose journey came to its end. */
  finishedUsers: count,
  /** Users who had a confirmed login at least once. */
  loggedIn: count,
  /** Whether the run decides anything; if not, `invalidBecause` says why. */
  valid: z.boolean(),
  invalidBecause: z.string().nullable(),
  requests: count,
  /** Requests that got no answer or a 5xx; a 401 is a lost login and counted there. */
  failedRequests: count,
  failedReads: count,
  failedWrites: count,
  /** Users who lost a login they had, at least once. */
  loggedOut: count,
  todosAcknowledged: count,
  /** Answered with 201 and denied by a later answer. */
  todosLost: count,
  chatSent: count,
  chatDelivered: count,
  requestsPerSecond: z.number().nonnegative(),
  /** Answer times of all requests that hash no password, from k6. */
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
  /** Part of the answers that each destination gave. */
  share: z.record(z.string(), ratio),
  /**
   * From the fault to the last request that failed or found its user logged out, of users who had no such trouble before the
   * fault; 0 without a fault or trouble.
   */
  recoveryMs: milliseconds,
});

export const verdictSchema = z.strictObject({
  claim: z.string(),
  /** null: this comparison cannot tell. */
  holds: z.boolean().nullable(),
  because: z.string(),
});

/** `results.json`. */
export const resultsSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  seed: count,
  machine: z.strictObject({
    cores: count,
    memoryBytes: count,
    node: z.string(),
    k6: z.string(),
    redis: z.string(),
  }),
  runs: z.array(runSchema),
  verdicts: z.array(verdictSchema),
});

export type Run = z.infer<typeof runSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type Results = z.infer<typeof resultsSchema>;
