import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@holdfast/fleet';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { obtainRedis } from '../src/redis/obtain-redis.js';
import { findRedisBinary } from '../src/redis/redis-binary.js';
import { startRedisServer } from '../src/redis/redis-server.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const quiet = () => undefined;

test('REDIS_URL is used as it is and never ended', async () => {
  const ours = await obtainRedis(dir, { PATH: process.env.PATH }, quiet);
  const given = await obtainRedis(dir, { REDIS_URL: ours.url }, quiet);
  await given.stop();
  expect(await obtainRedis(dir, { REDIS_URL: ours.url }, quiet)).toMatchObject({
    url: ours.url,
    origin: 'from REDIS_URL',
  });
  await ours.stop();
  await expect(obtainRedis(dir, { REDIS_URL: ours.url }, quiet)).rejects.toThrow(/no Redis answers there/);
});

test('an address that is no Redis is refused with an example, without repeating it', async () => {
  const refused = obtainRedis(dir, { REDIS_URL: 'http://:hunter2@somewhere' }, quiet);
  await expect(refused).rejects.toThrow('REDIS_URL is not a Redis address. Example: REDIS_URL=redis://127.0.0.1:6379');
});

test('a server of someone else on the same port is not taken for ours', async () => {
  const stranger = createServer((socket) => socket.write('+PONG\r\n')).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const address = stranger.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const binary = findRedisBinary() ?? '';
  await expect(startRedisServer({ binary, dir: join(dir, 'taken'), port })).rejects.toThrow(/Address already in use/);
  stranger.close();
});

test('a private Redis and its temporary data are gone after kill -9 of the process that started it, even while it is paused', async () => {
  const script = `
    import { findRedisBinary, startRedisServer } from '@holdfast/infra';
    const dir = ${JSON.stringify(join(dir, 'orphan'))};
    const redis = await startRedisServer({ binary: findRedisBinary(), dir, temporary: true });
    redis.pause();
    console.log(redis.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  for (const deadline = Date.now() + 10_000; isAlive(pid) || existsSync(join(dir, 'orphan')); ) {
    if (Date.now() > deadline) throw new Error('it is still there after 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}, 30_000);
