import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Run } from '../results/results.js';

/** What the users counted in one second of a run. */
export interface SecondCounts {
  /** Its number since the users began, from 0. */
  readonly second: number;
  /** Requests that were answered or failed in it. */
  readonly requests: number;
  readonly errors: number;
  readonly losses: number;
}

/** Hears of a run that is under way. */
export interface RunWatcher {
  onSecond(counts: SecondCounts): void;
  /** A disturbance begins; whether it happened is known later. */
  onDisturbance(disturbance: Run['disturbances'][number]): void;
}

/** The counters of k6 and of journeys/lab-user.ts. */
const COUNTERS = { requests: 'http_reqs', errors: 'lab_errors', losses: 'lab_losses' } as const;
const answerSchema = z.object({
  data: z.object({ attributes: z.object({ sample: z.object({ count: z.number() }) }) }),
});

/**
 * Tells each second of a run when it is over, from counters that k6 keeps anyway and answers at `apiUrl`; its trends, which it would
 * sort to answer, are not asked for. Rejects when k6 has ended, and when `signal` aborts.
 */
export async function tellSeconds(
  apiUrl: string,
  startAtMs: number,
  signal: AbortSignal,
  tell: RunWatcher['onSecond'],
): Promise<never> {
  let before = { requests: 0, errors: 0, losses: 0 };
  for (let second = 0; ; second++) {
    await delay(Math.max(0, startAtMs + (second + 1) * 1000 - Date.now()), undefined, { signal });
    const [requests, errors, losses] = await Promise.all([
      count(apiUrl, COUNTERS.requests, signal),
      count(apiUrl, COUNTERS.errors, signal),
      count(apiUrl, COUNTERS.losses, signal),
    ]);
    tell({
      second,
      requests: requests - before.requests,
      errors: errors - before.errors,
      losses: losses - before.losses,
    });
    before = { requests, errors, losses };
  }
}

/** k6 does not know a counter before it was first counted up. */
async function count(apiUrl: string, counter: string, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`${apiUrl}/v1/metrics/${counter}`, { signal });
  if (answer.status === 404) return 0;
  return answerSchema.parse(await answer.json()).data.attributes.sample.count;
}
