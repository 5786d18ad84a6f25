import { setTimeout as delay } from 'node:timers/promises';

/** Asks every 5 ms until the answer is truthy, and returns it; rejects after `timeoutMs`. */
export async function waitFor<Answer>(
  condition: () => Answer | Promise<Answer>,
  timeoutMs = 5000,
): Promise<NonNullable<Answer>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`Not so within ${timeoutMs} ms: ${condition.toString()}`);
    await delay(5);
  }
}
