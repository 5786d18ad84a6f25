import { setTimeout as delay } from 'node:timers/promises';

/** Whether it becomes so within this time. */
export async function within(ms: number, isSo: () => boolean | Promise<boolean>, everyMs = 5): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > deadline) return false;
    await delay(everyMs);
  }
  return true;
}
