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
import { redisSays } from './support/redis-says.js';

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

test.each([
  ['wrong', 'redis://:wr0ng-hunter2@'],
  ['wrong, with a user name', 'redis://default:wr0ng-hunter2@'],
  ['missing', 'redis://'],
])(
  'U5: REDIS_URL with a password that is %s is refused, and the password is named and not printed',
  async (_what, prefix) => {
    const binary = findRedisBinary() ?? '';
    const redis = await startRedisServer({ binary, dir: join(dir, 'locked') });
    await redisSays(redis.url, 'CONFIG SET requirepass right-hunter2');
    const address = (start: string) => redis.url.replace('redis://', start);
    const refused = await obtainRedis(dir, { REDIS_URL: address(prefix) }, quiet).catch(
      (error: Error) => error.message,
    );
    expect(refused).toMatch(/password/);
    expect(refused).not.toContain('hunter2');
    const accepted = await obtainRedis(dir, { REDIS_URL: address('redis://:right-hunter2@') }, quiet);
    expect(accepted.origin).toBe('from REDIS_URL');
    await redis.stop();
  },
);

test('U5: a password that Redis does not have, and a database that it does not have, are named', async () => {
  const ours = await obtainRedis(dir, { PATH: process.env.PATH }, quiet);
  const withPassword = ours.url.replace('redis://', 'redis://:hunter2@');
  await expect(obtainRedis(dir, { REDIS_URL: withPassword }, quiet)).rejects.toThrow(/holds a password/);
  await expect(obtainRedis(dir, { REDIS_URL: `${ours.url}/99` }, quiet)).rejects.toThrow(/DB index is out of range/);
  await ours.stop();
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
