/** A session is touched again only after this part of its idle time, so 9 of 10 uses in a row cost nothing. */
const TOUCH_RATIO = 0.1;

/** Longest time between two uses in a row when Redis hears only of the first. */
export function touchIntervalMs(idleMs: number): number {
  return Math.ceil(idleMs * TOUCH_RATIO);
}

/** Whether a use now is worth telling Redis. */
export function isTouchDue(touchedAtMs: number, nowMs: number, idleMs: number): boolean {
  return nowMs - touchedAtMs >= touchIntervalMs(idleMs);
}
