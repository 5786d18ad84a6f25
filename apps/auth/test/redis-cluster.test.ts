import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ActivityAnswer } from '@holdfast/contracts';
import type { RunningService } from '@holdfast/service';
import { startRedisCluster, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newName, Person, password, startAuth } from './support.js';

const patience = { timeoutMs: 40_000 };
const command = fileURLToPath(new URL('../dist/devices/end-sessions-cli.js', import.meta.url));
let cluster: TestRedisCluster;
let one: RunningService;
let two: RunningService;

beforeAll(async () => {
  cluster = await startRedisCluster();
  [one, two] = await Promise.all([startAuth(cluster.url), startAuth(cluster.url)]);
}, 90_000);

afterAll(async () => {
  await Promise.all([one?.close(), two?.close()]);
  await cluster?.stop();
});

const me = async (person: Person, service: RunningService) =>
  (await person.send('GET', `${service.url}/auth/me`)).status;
const activityOf = async (person: Person) => {
  const answer = await person.send('GET', `${one.url}/auth/activity`);
  return ((await answer.json()) as ActivityAnswer).activity.map(({ type }) => type).sort();
};

test('registers, logs in and out on any instance, with name, user and session on any master', async () => {
  for (let n = 0; n < 6; n++) {
    const name = newName();
    const [phone, laptop] = [new Person(), new Person()];
    expect((await phone.send('POST', `${one.url}/auth/register`, { username: name, password })).status).toBe(201);
    const again = await new Person().send('POST', `${two.url}/auth/register`, { username: name, password });
    expect(again.status).toBe(409);
    const login = await laptop.send('POST', `${two.url}/auth/login`, { username: name.toUpperCase(), password });
    expect(login.status).toBe(200);
    expect(await me(laptop, one)).toBe(200);
    expect((await laptop.send('POST', `${one.url}/auth/logout`)).status).toBe(204);
    await waitFor(async () => (await me(laptop, two)) === 401);
    expect(await me(phone, two)).toBe(200);
    // Outboxes in several slots deliver these: each comes once, though both instances learned of the end.
    const expected = ['session.ended', 'session.started', 'session.started', 'user.registered'];
    await waitFor(async () => (await activityOf(phone)).length >= expected.length, patience);
    expect(await activityOf(phone)).toEqual(expected);
  }
}, 90_000);

test('lets an operator end all sessions of a user', async () => {
  const name = newName();
  const person = new Person();
  await person.send('POST', `${one.url}/auth/register`, { username: name, password });
  const env = { ...process.env, REDIS_URL: cluster.url };
  const { stdout } = await promisify(execFile)(process.execPath, [command, name], { env });
  expect(stdout).toBe('1 ended\n');
  await waitFor(async () => (await me(person, two)) === 401);
}, 60_000);
