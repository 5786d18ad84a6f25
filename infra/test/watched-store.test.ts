import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fleet, serveControl } from '@holdfast/fleet';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { obtainRedis } from '../src/redis/obtain-redis.js';
import { type WatchedStore, watchRedis } from '../src/server/watched-store.js';
import { redisSays, until } from './support/redis-says.js';

let dir: string;
let said: string[];
const open: WatchedStore[] = [];
const quiet = () => undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
  said = [];
});
afterEach(async () => {
  for (const redis of open.splice(0).reverse()) await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function watched(env: NodeJS.ProcessEnv = { PATH: process.env.PATH }) {
  const obtained = await obtainRedis(dir, env, quiet);
  const redis = watchRedis(obtained, (line) => said.push(line));
  open.push(redis);
  return { redis, url: obtained.url };
}

test('U1: a private Redis that is killed is said to be, and restarted on its data and port', async () => {
  const { redis, url } = await watched();
  await redisSays(url, 'SET promise kept');
  const before = redis.status();
  // Written by its own event loop before it answers the next command; only the machine's crash would need the fsync.
  await redisSays(url, 'PING');
  process.kill(before.pid ?? 0, 'SIGKILL');
  await until('it is back', () => redis.status().state === 'ready' && redis.status().restarts === 1);
  expect(said[0]).toContain('Redis ended unexpectedly (SIGKILL)');
  expect(said[1]).toBe(`Redis is back on port ${before.port} with its data`);
  expect(redis.status()).toMatchObject({ port: before.port, app: 'redis', fleet: 'stores' });
  expect(redis.status().pid).not.toBe(before.pid);
  expect(await redisSays(url, 'GET promise')).toContain('kept');
}, 30_000);

test('U1: a private Redis that is killed again and again comes back each time', async () => {
  const { redis } = await watched();
  for (const times of [1, 2, 3]) {
    process.kill(redis.status().pid ?? 0, 'SIGKILL');
    await until('it is back', () => redis.status().state === 'ready' && redis.status().restarts === times);
  }
}, 30_000);

test('U1: a Redis frozen by a signal from outside is shown as paused, and its silence is said', async () => {
  const { redis } = await watched();
  const { pid } = redis.status();
  process.kill(pid ?? 0, 'SIGSTOP');
  await until('it is paused', () => redis.status().state === 'paused');
  await until('it is said', () => said.includes('Redis does not answer: requests that need it get 503'));
  process.kill(pid ?? 0, 'SIGCONT');
  await until('it is ready', () => redis.status().state === 'ready');
  await until('that is said', () => said.includes('Redis answers again'));
}, 30_000);

test('U1: a Redis that was given to us is watched: shown as unreachable when it stops, never restarted', async () => {
  const ours = await watched();
  const given = await watched({ REDIS_URL: ours.url });
  expect(given.redis.status()).toMatchObject({ state: 'ready', pid: null });
  expect(await given.redis.kill()).toBe(false);
  await ours.redis.kill();
  await until('it is seen', () => given.redis.status().state === 'unreachable');
  expect(ours.redis.status().state).toBe('killed');
}, 30_000);

test('U1: the control API shows Redis and steers it; a killed one stays down until it is restarted', async () => {
  const { redis } = await watched();
  const fleet = await Fleet.create({ apps: [] });
  const { url, close } = await serveControl(fleet, { stores: [redis] });
  const post = async (action: string) => {
    const response = await fetch(`${url}/fleet/redis/${action}`, { method: 'POST' });
    return [response.status, ((await response.json()) as { state?: string }).state];
  };
  const list = (await (await fetch(`${url}/fleet`)).json()) as { processes: { id: string; state: string }[] };
  expect(list.processes).toMatchObject([{ id: 'redis', state: 'ready' }]);
  expect(await post('pause')).toEqual([200, 'paused']);
  expect(await post('resume')).toEqual([200, 'ready']);
  expect(await post('kill')).toEqual([200, 'killed']);
  expect(await post('restart')).toEqual([200, 'ready']);
  expect(await post('drain')).toEqual([409, undefined]);
  await close();
}, 30_000);
