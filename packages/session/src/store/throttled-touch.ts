import type { SessionKey } from './keyspace.js';
import type { SessionRepository } from './session-repository.js';

/** A session is touched again only after this part of its idle time: 9 of 10 uses in a row cost nothing. */
const TOUCH_RATIO = 0.1;

/** Longest time between two uses in a row of which Redis hears only the first. */
export function touchIntervalMs(idleMs: number): number {
  return Math.ceil(idleMs * TOUCH_RATIO);
}

/** Whether a use now is worth telling Redis. */
export function isTouchDue(touchedAtMs: number, nowMs: number, idleMs: number): boolean {
  return nowMs - touchedAtMs >= touchIntervalMs(idleMs);
}

/**
 * Touches in the background: a request never waits for it nor fails by it. Parallel requests of a session send one.
 */
export class ThrottledTouch {
  readonly #underWay = new Set<string>();

  constructor(
    private readonly repository: SessionRepository,
    private readonly idleMs: number,
  ) {}

  ifDue(key: SessionKey, touchedAtMs: number): void {
    if (!isTouchDue(touchedAtMs, Date.now(), this.idleMs) || this.#underWay.has(key.key)) return;
    this.#underWay.add(key.key);
    this.repository
      .touch(key, this.idleMs)
      // Counted as unavailable where it happened; the next use tries again.
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(key.key));
  }
}
