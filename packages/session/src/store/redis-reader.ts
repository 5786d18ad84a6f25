import type { MutableSessionMetrics } from '../session-metrics.js';
import type { SessionKey } from './keyspace.js';
import type { SessionReader } from './session-reader.js';
import type { Lookup } from './session-record.js';
import type { SessionRepository } from './session-repository.js';

/** Reads every session from Redis, with one command. */
export class RedisReader implements SessionReader {
  constructor(
    private readonly repository: SessionRepository,
    private readonly metrics: MutableSessionMetrics,
  ) {}

  read(key: SessionKey): Promise<Lookup> {
    this.metrics.misses += 1;
    return this.repository.read(key);
  }

  forget(): void {
    // This reader keeps no copies, so there is none to forget.
  }
}
