import { SessionUnavailableError } from '../errors/session-error.js';
import type { MutableSessionMetrics } from '../session-metrics.js';
import type { SessionKey } from '../store/keyspace.js';
import type { SessionReader } from '../store/session-reader.js';
import type { Lookup } from '../store/session-record.js';
import type { InvalidationEvents, Invalidations } from './invalidations.js';
import type { SessionCache } from './session-cache.js';

export interface NearCacheTimes {
  /** No cached read misses a change older than this. */
  readonly maxStalenessMs: number;
  /** During an outage, safe requests may be served a copy confirmed this long ago. */
  readonly staleIfErrorMs: number;
}

interface Reading {
  readonly reply: Promise<Lookup>;
  /** The session was changed while the reply was on its way, so it is not kept. */
  spoilt: boolean;
}

/**
 * Reads a session from this process's copy while that is known to be fresh, and from Redis otherwise. Parallel reads of
 * one session share a command.
 */
export class NearCacheReader implements SessionReader, InvalidationEvents {
  private readonly reading = new Map<string, Reading>();

  constructor(
    private readonly cache: SessionCache,
    private readonly invalidations: () => Invalidations,
    private readonly ask: (key: SessionKey) => Promise<Lookup>,
    private readonly times: NearCacheTimes,
    private readonly metrics: MutableSessionMetrics,
    private readonly now: () => number = Date.now,
  ) {}

  read(key: SessionKey, safe: boolean): Lookup | Promise<Lookup> {
    if (this.isFresh()) {
      const found = this.copy(key.key);
      if (found !== undefined) {
        this.metrics.hits += 1;
        return found;
      }
    }
    this.metrics.misses += 1;
    return this.askShared(key, safe);
  }

  forget(key: SessionKey): void {
    this.drop(key.key);
  }

  onInvalidated(keys: readonly string[] | null): void {
    if (keys !== null) {
      for (const key of keys) this.drop(key);
      return;
    }
    this.spoilAll();
    this.cache.clear();
  }

  /** Copies are kept only for `staleIfErrorMs`; nothing reads them as fresh. */
  onDoubt(): void {
    this.spoilAll();
    if (this.times.staleIfErrorMs === 0) this.cache.clear();
  }

  private isFresh(): boolean {
    const { inDoubt, confirmedAtMs } = this.invalidations();
    return !inDoubt && this.now() - confirmedAtMs <= this.times.maxStalenessMs;
  }

  private copy(key: string): Lookup | undefined {
    const record = this.cache.get(key);
    if (record === undefined) return undefined;
    if (record.expiresAtMs > this.now()) return { state: 'live', record };
    this.cache.delete(key);
    return undefined;
  }

  private async askShared(key: SessionKey, safe: boolean): Promise<Lookup> {
    try {
      return await this.shared(key).reply;
    } catch (error) {
      const mayBeStale = this.now() - this.invalidations().confirmedAtMs <= this.times.staleIfErrorMs;
      const stale = safe && mayBeStale && error instanceof SessionUnavailableError ? this.copy(key.key) : undefined;
      if (stale === undefined) throw error;
      this.metrics.stale += 1;
      return stale;
    }
  }

  private shared(key: SessionKey): Reading {
    const underWay = this.reading.get(key.key);
    // A spoilt read may miss a change whose effect this request has already seen.
    if (underWay !== undefined && !underWay.spoilt) return underWay;
    const reading: Reading = { reply: this.ask(key), spoilt: false };
    this.reading.set(key.key, reading);
    reading.reply
      .then(
        (found) => this.keep(key.key, found, reading),
        () => undefined,
      )
      .finally(() => {
        if (this.reading.get(key.key) === reading) this.reading.delete(key.key);
      });
    return reading;
  }

  private keep(key: string, found: Lookup, reading: Reading): void {
    if (found.state !== 'live') this.cache.delete(key);
    else if (!reading.spoilt && this.isFresh()) this.cache.set(key, found.record);
    this.metrics.cachedSessions = this.cache.size;
  }

  private drop(key: string): void {
    this.cache.delete(key);
    const reading = this.reading.get(key);
    if (reading !== undefined) reading.spoilt = true;
  }

  private spoilAll(): void {
    for (const reading of this.reading.values()) reading.spoilt = true;
  }
}
