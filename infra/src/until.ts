import { setTimeout as delay } from 'node:timers/promises';

/** Resolves once `condition` is true; rejects after `timeoutMs` with what it waited for. */
export async function until(what: string, condition: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
  }
}
