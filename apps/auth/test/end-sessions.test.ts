import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunningService } from '@holdfast/service';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newName, Person, password, startAuth } from './support.js';

const command = fileURLToPath(new URL('../dist/devices/end-sessions-cli.js', import.meta.url));
let redis: Awaited<ReturnType<typeof startRedis>>;
let auth: RunningService;

beforeAll(async () => {
  redis = await startRedis();
  auth = await startAuth(redis.url);
}, 30_000);

afterAll(async () => {
  await auth.close();
  await redis.stop();
});

/** Runs the operator's command and resolves with its output. */
async function endSessions(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
  const run = promisify(execFile)(process.execPath, [command, ...args], {
    env: { ...process.env, REDIS_URL: redis.url, ...env },
  });
  return run.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    (error) => ({ code: error.code, output: error.stderr }),
  );
}

test('ends all sessions of a user and nobody else’s', async () => {
  const [ada, bob] = [newName(), newName()];
  const [phone, laptop, other] = [new Person(), new Person(), new Person()];
  await phone.send('POST', `${auth.url}/auth/register`, { username: ada, password });
  await laptop.send('POST', `${auth.url}/auth/login`, { username: ada, password });
  await other.send('POST', `${auth.url}/auth/register`, { username: bob, password });
  expect(await endSessions([ada.toUpperCase()])).toEqual({ code: 0, output: '2 ended\n' });
  const status = async (person: Person) => (await person.send('GET', `${auth.url}/auth/me`)).status;
  await waitFor(async () => (await status(phone)) === 401 && (await status(laptop)) === 401);
  expect(await status(other)).toBe(200);
});

test('explains a wrong name, store or argument', async () => {
  expect(await endSessions(['nobody-here'])).toEqual({
    code: 1,
    output: 'No user has the name nobody-here (KEY_PREFIX=hf:): check both\n',
  });
  const ada = newName();
  await new Person().send('POST', `${auth.url}/auth/register`, { username: ada, password });
  const stock = await endSessions([ada], { SESSION_STORE: 'connect-redis' });
  expect([stock.code, stock.output]).toEqual([1, expect.stringMatching(/connect-redis/)]);
  expect((await endSessions([])).output).toMatch(/^usage: /);
});

test('fails with the reason while Redis is away', async () => {
  const away = await endSessions(['ada'], { REDIS_URL: 'redis://127.0.0.1:1' });
  expect([away.code, away.output]).toEqual([
    1,
    expect.stringMatching(/^Redis at REDIS_URL did not answer: .*ECONNREFUSED/),
  ]);
});
