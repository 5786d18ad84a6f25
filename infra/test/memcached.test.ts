import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { askMemcached } from '../src/memcached/ask-memcached.js';
import { HOW_TO_GET_MEMCACHED, obtainMemcached } from '../src/memcached/obtain-memcached.js';
import { watchMemcached } from '../src/server/watched-store.js';
import { until } from './support/redis-says.js';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const quiet = () => undefined;
const obtain = (env: NodeJS.ProcessEnv = { PATH: process.env.PATH }) => obtainMemcached(dir, env, quiet);

/** What Memcached answers to these lines. */
function says(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.once('error', reject);
    socket.once('data', (chunk) => {
      socket.destroy();
      resolve(chunk.toString());
    });
  });
}

test('a private Memcached is started, MEMCACHED_URL uses it as it is and never ends it', async () => {
  const ours = await obtain();
  expect(ours.url).toMatch(/^memcached:\/\/127\.0\.0\.1:\d+$/);
  for (const url of [ours.url, ours.url.replace('memcached://', '')]) {
    const given = await obtain({ MEMCACHED_URL: url });
    expect(given).toMatchObject({ url: ours.url, origin: 'from MEMCACHED_URL' });
    await given.stop();
  }
  expect(await askMemcached(ours.server?.port ?? 0)).toMatchObject({ pid: ours.server?.pid });
  await ours.stop();
  await expect(obtain({ MEMCACHED_URL: ours.url })).rejects.toThrow(/no Memcached answers there/);
});

test('an address that is no Memcached is refused with an example', async () => {
  await expect(obtain({ MEMCACHED_URL: 'http://somewhere' })).rejects.toThrow(
    'MEMCACHED_URL is not the address of a Memcached. Example: MEMCACHED_URL=memcached://127.0.0.1:11211',
  );
  expect(HOW_TO_GET_MEMCACHED).toMatch(/^No Memcached found: .*\.$/);
});

test('a private Memcached that is killed is restarted on its port, empty, and the control API steers it', async () => {
  const said: string[] = [];
  const memcached = watchMemcached(await obtain(), (line) => said.push(line));
  const { port, pid } = memcached.status();
  expect(memcached.status()).toMatchObject({ id: 'memcached', app: 'memcached', fleet: 'stores', state: 'ready' });
  expect(await says(port, 'set promise 0 0 4\r\nkept\r\n')).toBe('STORED\r\n');
  process.kill(pid ?? 0, 'SIGKILL');
  await until('it is back', () => memcached.status().state === 'ready' && memcached.status().restarts === 1);
  expect(said).toEqual([
    expect.stringContaining('Memcached ended unexpectedly (SIGKILL)'),
    `Memcached is back on port ${port} and empty`,
  ]);
  expect(await says(port, 'get promise\r\n')).toBe('END\r\n');
  expect(memcached.pause()).toBe(true);
  await until('it is paused', () => memcached.status().state === 'paused');
  expect(memcached.resume()).toBe(true);
  expect(await memcached.kill()).toBe(true);
  expect(memcached.status().state).toBe('killed');
  await memcached.stop();
}, 30_000);
