import type { SessionKey } from './keyspace.js';
import type { SessionRepository } from './session-repository.js';
import { isTouchDue } from './touch-interval.js';

/**
 * Touches in the background: a request neither waits for it nor fails because of it. Parallel requests of a session send one touch.
 */
export class ThrottledTouch {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly repository: SessionRepository,
    private readonly idleMs: number,
  ) {}

  ifDue(key: SessionKey, touchedAtMs: number): void {
    if (!isTouchDue(touchedAtMs, Date.now(), this.idleMs) || this.underWay.has(key.key)) return;
    this.underWay.add(key.key);
    this.repository
      .touch(key, this.idleMs)
      // The failure was counted as unavailable where it happened. The next use tries again.
      .catch(() => undefined)
      .finally(() => this.underWay.delete(key.key));
  }
}
