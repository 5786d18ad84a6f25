import { beforeEach, describe, expect, test } from '@jest/globals';
import { SessionUnavailableError } from '../errors/session-error.js';
import { emptyMetrics } from '../session-metrics.js';
import { Keyspace } from '../store/keyspace.js';
import type { Lookup } from '../store/session-record.js';
import { NearCacheReader } from './near-cache-reader.js';
import { SessionCache } from './session-cache.js';

const key = new Keyspace('p:').session('some sid');

function live(value: string, expiresAtMs = 1e9): Lookup {
  const times = { createdAtMs: 0, touchedAtMs: 0, expiresAtMs };
  return { state: 'live', record: { attributes: { value }, version: 1, revision: '1', ...times } };
}

describe('the near cache', () => {
  let now: number;
  let invalidations: { confirmedAtMs: number; inDoubt: boolean; close(): void };
  /** Redis: what it answers, and when. */
  let answers: Array<() => Promise<Lookup>>;
  let asked: number;
  let reader: NearCacheReader;

  function create(staleIfErrorMs = 0): void {
    reader = new NearCacheReader(
      new SessionCache(10, 1e6),
      () => invalidations,
      () => {
        asked += 1;
        return (answers.shift() ?? (async () => live('default')))();
      },
      { maxStalenessMs: 1000, staleIfErrorMs },
      emptyMetrics(),
      () => now,
    );
  }

  beforeEach(() => {
    now = 10_000;
    invalidations = { confirmedAtMs: now, inDoubt: false, close: () => undefined };
    answers = [];
    asked = 0;
    create();
  });

  test('asks Redis once and answers at once from then on', async () => {
    await reader.read(key, true);
    for (let n = 0; n < 5; n += 1) expect(reader.read(key, true)).toEqual(live('default'));
    expect(asked).toBe(1);
  });

  test('asks again after an invalidation, a forget, or one of everything', async () => {
    const drops = [
      () => reader.onInvalidated([key.key]),
      () => reader.forget(key),
      () => reader.onInvalidated(null),
      () => reader.onDoubt(),
    ];
    for (const drop of drops) {
      await reader.read(key, true);
      drop();
      expect(reader.read(key, true)).toBeInstanceOf(Promise);
    }
  });

  test('does not keep a reply that was invalidated on its way', async () => {
    let reply: (found: Lookup) => void = () => undefined;
    answers = [() => new Promise((resolve) => (reply = resolve))];
    const slow = reader.read(key, true);
    reader.onInvalidated([key.key]);
    const fresh = reader.read(key, true);
    reply(live('old'));
    expect(await slow).toEqual(live('old'));
    expect(await fresh).toEqual(live('default'));
    expect(reader.read(key, true)).toEqual(live('default'));
  });

  test('shares one command between parallel reads', async () => {
    await Promise.all(Array.from({ length: 10 }, () => reader.read(key, true)));
    expect(asked).toBe(1);
  });

  test('is bypassed once no heartbeat has been confirmed for the staleness bound', async () => {
    await reader.read(key, true);
    now += 1000;
    expect(reader.read(key, true)).toEqual(live('default'));
    now += 1;
    expect(reader.read(key, true)).toBeInstanceOf(Promise);
  });

  test('keeps and serves nothing while the invalidation connection is in doubt', async () => {
    invalidations.inDoubt = true;
    await reader.read(key, true);
    await reader.read(key, true);
    expect(asked).toBe(2);
  });

  test('does not serve a session past its expiry', async () => {
    answers = [async () => live('short', now + 10)];
    await reader.read(key, true);
    now += 10;
    invalidations.confirmedAtMs = now;
    expect(reader.read(key, true)).toBeInstanceOf(Promise);
  });

  test('does not remember a session that is not there', async () => {
    answers = [async () => ({ state: 'missing' })];
    await reader.read(key, true);
    expect(await reader.read(key, true)).toEqual(live('default'));
  });

  describe('during an outage', () => {
    const down = async () => {
      throw new SessionUnavailableError();
    };

    test('fails, unless told to serve stale copies', async () => {
      await reader.read(key, true);
      now += 1001;
      answers = [down];
      await expect(reader.read(key, true)).rejects.toThrow(SessionUnavailableError);
    });

    test('serves a stale copy to a safe request, for a bounded time, and to no other', async () => {
      create(5000);
      await reader.read(key, true);
      invalidations.inDoubt = true;
      reader.onDoubt();
      now += 5000;
      answers = [down, down];
      expect(await reader.read(key, true)).toEqual(live('default'));
      await expect(reader.read(key, false)).rejects.toThrow(SessionUnavailableError);
      now += 1;
      answers = [down];
      await expect(reader.read(key, true)).rejects.toThrow(SessionUnavailableError);
    });

    test('forgets a stale copy when Redis says that the session is gone', async () => {
      create(5000);
      await reader.read(key, true);
      now += 2000;
      answers = [async () => ({ state: 'missing' }), down];
      await reader.read(key, true);
      await expect(reader.read(key, true)).rejects.toThrow(SessionUnavailableError);
    });
  });
});
