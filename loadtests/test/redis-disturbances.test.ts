import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainToxiproxy, readSystem } from '@holdfast/infra';
import { waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Disturbance, redisOf } from '../src/disturbances/disturbance.js';
import { loadRegistry } from '../src/registry/registry.js';
import { askRedis } from '../src/systems/ask-redis.js';
import type { Control } from '../src/systems/control.js';
import { HoldfastSystem } from '../src/systems/holdfast-system.js';

const programDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');
const SCENARIO = 'round-robin-memcached';

// `npm test` says loudly when it could not be had.
const toxiproxy = await obtainToxiproxy(programDir).catch(() => undefined);

(toxiproxy === undefined ? describe.skip : describe)('disturbances of stores, on the real system', () => {
  let folder: string;
  let system: HoldfastSystem;
  let control: Control;
  let disturbances: ReadonlyMap<string, Disturbance>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-lab-'));
    const place = { dataDir: join(folder, 'data'), programDir, redisProxy: true };
    system = await HoldfastSystem.start(readSystem(), [SCENARIO], place);
    control = await system.control(SCENARIO);
    ({ disturbances } = await loadRegistry());
  }, 200_000);

  afterAll(async () => {
    await system?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 30_000);

  const during = async (id: string, options: unknown, look: () => Promise<void>): Promise<void> => {
    const disturbance = disturbances.get(id);
    if (disturbance === undefined) throw new Error(`there is no ${id}`);
    await disturbance.disturb(control, options);
    try {
      await look();
    } finally {
      await disturbance.heal(control, options);
    }
  };
  const redis = <T>(ask: Parameters<typeof askRedis<T>>[1]): Promise<T> => askRedis(control.redis?.port ?? 0, ask);
  const set = (key: string): Promise<unknown> => redis((client) => client.set(key, 'here'));
  const get = (key: string): Promise<string | null> => redis((client) => client.get(key));
  /** Time and server of an answer; a registration needs Redis. */
  const ask = async (method: string, path: string, body?: object): Promise<{ ms: number; server: string }> => {
    const { hostname, port } = new URL(system.url(SCENARIO));
    const begun = performance.now();
    const server = await new Promise<string>((resolve, reject) => {
      const headers = { host: `${hostname}:${port}`, 'content-type': 'application/json' };
      const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) =>
        answer.resume().once('end', () => resolve(String(answer.headers['x-served-by']))),
      );
      sent.once('error', reject).end(JSON.stringify(body));
    });
    return { ms: performance.now() - begun, server };
  };

  test('redis-full: writes are refused until it is healed', async () => {
    await during('redis-full', 'noeviction', () => expect(set('one')).rejects.toThrow(/OOM/));
    expect(await set('one')).toBe('OK');
  });

  test('redis-full with allkeys-lru: writes are taken, and older keys go', async () => {
    await set('one');
    await during('redis-full', 'allkeys-lru', async () => {
      expect(await get('one')).toBeNull();
      expect(await set('two')).toBe('OK');
    });
  });

  test('redis-older-file: what was written since is gone, and what was there before is back', async () => {
    await set('before');
    const older = during('redis-older-file', 2, async () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await set('since');
    await older;
    expect([await get('before'), await get('since')]).toEqual(['here', null]);
  });

  test('redis-without-aof: everything is gone', async () => {
    await set('before');
    await during('redis-without-aof', true, async () => expect(await get('before')).toBeNull());
  });

  test('redis-latency: an answer takes longer, until it is healed', async () => {
    const registering = async (): Promise<number> =>
      (await ask('POST', '/auth/register', { username: `test-${Date.now()}`, password: 'correct horse battery' })).ms;
    // Below the services' deadline of half a second for a command: beyond it they refuse at once. What was on its way when the
    // proxy changed may still come fast.
    await during('redis-latency', 300, async () => {
      await waitFor(async () => (await registering()) > 300, { timeoutMs: 20_000 });
    });
  });

  test('redis-partition: ends by itself, and services answer again', async () => {
    await during('redis-partition', 1, async () => undefined);
    expect(await redis((client) => client.ping())).toBe('PONG');
  });

  test('the todos of a Redis that stands still are not waited for, and no todos are another answer', async () => {
    const control = redisOf(await system.control(SCENARIO));
    expect(await system.storedTodos(SCENARIO, 'none')).toEqual(new Set());
    await control.pause();
    try {
      expect(await system.storedTodos(SCENARIO, 'none')).toBeUndefined();
    } finally {
      await control.resume();
    }
  });

  test('slow-server: the server answers later, or the gateway does not ask it', async () => {
    const fastAnswersOf = async (server: string): Promise<number> => {
      const answers = [];
      for (let n = 0; n < 9; n++) answers.push(await ask('GET', '/auth/me'));
      return answers.filter((answer) => answer.server.endsWith(server) && answer.ms < 400).length;
    };
    expect(await fastAnswersOf('-2')).toBeGreaterThan(0);
    await during('slow-server', { server: 'server-2', ms: 400 }, async () => expect(await fastAnswersOf('-2')).toBe(0));
  });

  test.each([
    ['memcached-restart', 'memcached'],
    // It rejects when nothing was evicted, and starts an empty one afterwards.
    ['memcached-full', 'memcached'],
    ['gateway-restart', 'gateway-1'],
  ])('%s: another process serves', async (id, process) => {
    const before = await system.pidOf(process);
    await during(id, true, async () => undefined);
    const after = await system.pidOf(process);
    expect([typeof before, typeof after]).toEqual(['number', 'number']);
    expect(after).not.toBe(before);
  });
});
