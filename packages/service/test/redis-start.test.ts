import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { connectRedis } from '../src/index.js';

const todo = fileURLToPath(new URL('../../../apps/todo/dist/main.js', import.meta.url));
jest.setTimeout(120_000);

const started: ChildProcess[] = [];
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const stop of stops.splice(0)) await stop();
});

async function startServer(...args: string[]) {
  const server = await startRedis({ args });
  stops.push(() => server.stop());
  return server;
}

function startTodo(url: string) {
  const env = { PATH: process.env.PATH, PORT: '0', REDIS_URL: url, SHUTDOWN_DRAIN_MS: '0' };
  const child = spawn(process.execPath, [todo], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  return { child, output };
}

test('U5: a service refuses to start with a missing or wrong password, names it and does not print it', async () => {
  const { port, url } = await startServer();
  const operator = new Redis(url);
  stops.push(() => operator.disconnect());
  await operator.config('SET', 'requirepass', 'right-password');
  const missing = startTodo(`redis://127.0.0.1:${port}`);
  expect((await once(missing.child, 'close'))[0]).toBe(1);
  expect(missing.output.text).toMatch(
    /could not start\. REDIS_URL: Redis requires a password, and the address has none/,
  );
  const wrong = startTodo(`redis://:wrong-password@127.0.0.1:${port}`);
  expect((await once(wrong.child, 'close'))[0]).toBe(1);
  expect(wrong.output.text).toMatch(/could not start\. REDIS_URL: the user or the password is wrong/);
  expect(wrong.output.text).not.toContain('wrong-password');
  const right = startTodo(`redis://:right-password@127.0.0.1:${port}`);
  await waitFor(() => right.output.text.includes('"ready"'), { timeoutMs: 30_000 });
});

test('S16: a Redis that keeps nothing on disk is told of at start, and one that does is not', async () => {
  const volatile = startTodo(`redis://127.0.0.1:${(await startServer('--appendonly', 'no', '--save', '')).port}`);
  await waitFor(() => /"level":"warn".*keeps nothing on disk/.test(volatile.output.text), { timeoutMs: 30_000 });
  const kept = startTodo(`redis://127.0.0.1:${(await startServer()).port}`);
  await waitFor(() => kept.output.text.includes('"ready"'), { timeoutMs: 30_000 });
  expect(kept.output.text).not.toContain('keeps nothing on disk');
});

test('U12: the connection is back within a second of a Redis that had to read its file', async () => {
  const server = await startServer('--enable-debug-command', 'yes');
  const redis = connectRedis({ url: server.url });
  stops.push(() => redis.disconnect());
  redis.on('error', () => {});
  await waitFor(() => redis.status === 'ready');
  const value = 'x'.repeat(100_000);
  for (let i = 0; i < 300; i++) await redis.set(`key-${i}`, value);
  const direct = new Redis(server.url, { lazyConnect: true });
  stops.push(() => direct.disconnect());
  await direct.connect();
  // Every key takes 10 ms to load: three seconds in all, in which Redis answers LOADING.
  await direct.config('SET', 'key-load-delay', '10000');
  const reload = direct.call('DEBUG', 'RELOAD').catch(() => undefined);
  const answers = (client: Redis) =>
    client.get('key-1').then(
      (stored) => stored === value,
      () => false,
    );
  redis.disconnect(true);
  await waitFor(async () => !(await answers(redis)));
  await reload;
  const backAt = performance.now();
  await waitFor(() => answers(redis));
  expect(performance.now() - backAt).toBeLessThan(1000);
});
