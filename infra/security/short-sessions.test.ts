import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningSystem, startSystem } from '../test/support/running-system.js';
import { Client, until } from './clients.js';

/** Lines 7 and 10: a system whose sessions are short and few. */
const IDLE_MS = 4_000;
const ABSOLUTE_MS = 12_000;
const MOST_SESSIONS = 3;
const dir = mkdtempSync(join(tmpdir(), 'holdfast-short-'));
let system: RunningSystem;
let client: Client;

beforeAll(async () => {
  system = await startSystem(['--scenarios', 'round-robin-cached'], dir, {
    REPLICAS: '2',
    SESSION_IDLE_SECONDS: String(IDLE_MS / 1_000),
    SESSION_ABSOLUTE_SECONDS: String(ABSOLUTE_MS / 1_000),
    MAX_SESSIONS_PER_USER: String(MOST_SESSIONS),
  });
  client = new Client(system.url);
}, 120_000);

afterAll(async () => {
  await system?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const isAlive = async (cookie: string) => (await client.send('GET', '/auth/me', { cookie })).status === 200;

test('7: a session ends by idleness, and at its absolute lifetime also under constant use', async () => {
  const { cookie: idle } = await client.register();
  const began = performance.now();
  const { cookie: used } = await client.register();
  let aliveUntil = 0;
  let idleEnded = false;
  await until(
    'the session in use has ended',
    async () => {
      if (!(await isAlive(used))) return true;
      aliveUntil = performance.now() - began;
      // Asked once, since asking is use.
      if (!idleEnded && aliveUntil > IDLE_MS * 1.5) idleEnded = !(await isAlive(idle));
      return false;
    },
    ABSOLUTE_MS * 3,
  );
  expect(idleEnded).toBe(true);
  // It lived longer than the idle time by far, and not longer than its lifetime.
  expect(aliveUntil).toBeGreaterThan(ABSOLUTE_MS * 0.7);
  expect(aliveUntil).toBeLessThan(ABSOLUTE_MS * 1.5);
}, 60_000);

test('10: a user never has more sessions than the cap, with five more parallel logins than that', async () => {
  const { name } = await client.register();
  const logins = await Promise.all(Array.from({ length: MOST_SESSIONS + 5 }, () => client.login(name)));
  expect(logins.map(({ status }) => status)).toEqual(logins.map(() => 200));
  const alive = await Promise.all(logins.map(({ cookies }) => isAlive(cookies[0] ?? '')));
  expect(alive.filter(Boolean)).toHaveLength(MOST_SESSIONS);
});
