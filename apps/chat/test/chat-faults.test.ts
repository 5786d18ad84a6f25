import { startRedis, waitFor } from '@holdfast/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { commandCounts, difference } from '../bench/command-counts.mjs';
import { byRoom, compare, type Said, talk, totals } from '../bench/ledgers.mjs';
import { Member } from '../bench/member.mjs';
import { startInstances } from '../bench/processes.mjs';
import { secret, signIn } from '../bench/sign-in.mjs';

/** A busy machine makes these tests slow, not wrong. */
const patient = { timeoutMs: 60_000 };

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let undo: (() => unknown)[];

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  undo = [() => server.stop(), () => redis.disconnect()];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

/** Real processes, because a crash of one runs no clean-up. */
async function startChat(count: number) {
  const env = { REDIS_URL: server.url, SESSION_SECRETS: secret, SESSION_STORE: 'cached', LOG_LEVEL: 'fatal' };
  const instances = await startInstances('../dist/main.js', { ...env, CHAT_MESSAGES_PER_MINUTE: '10000' }, count);
  undo.push(() => instances.stop());
  return instances;
}

function startMember(options: ConstructorParameters<typeof Member>[0]): Member {
  const member = new Member(options);
  undo.push(() => member.end());
  return member;
}

test('F15: an instance killed under traffic loses, doubles and reorders nothing, and all its members recover', async () => {
  // Members are spread over three instances and five rooms, so that every room is on every instance.
  const [count, rooms] = [60, 5];
  const cookies = await signIn(redis, count);
  const instances = await startChat(3);
  const members = cookies.map((cookie, n) =>
    startMember({ urls: instances.urls, cookie, first: n, room: `room-${n % rooms}` }),
  );
  await waitFor(() => members.every(({ isThere }) => isThere), patient);

  const traffic = { isOn: true };
  const senders = members.slice(0, 2 * rooms);
  const said = senders.map(({ room }): Said => ({ room, texts: [] }));
  const talks = senders.map((member, n) => talk(member, n, 100, traffic, said[n]));
  const haveAllSaid = (more: number) => {
    const from = said.map(({ texts }) => texts.length);
    return waitFor(() => said.every(({ texts }, n) => texts.length >= (from[n] ?? 0) + more), patient);
  };
  await haveAllSaid(5);
  await instances.kill(0);
  await waitFor(() => totals(members).recovered + totals(members).holes >= count / 3, patient);
  await haveAllSaid(5);
  traffic.isOn = false;

  const acknowledged = byRoom(await Promise.all(talks));
  // The expectations below report a member that does not come back.
  await waitFor(() => members.every((member) => compare(member, acknowledged).lost === 0), patient).catch(
    () => undefined,
  );
  for (const member of members) {
    expect(compare(member, acknowledged)).toEqual({ lost: 0, duplicated: 0, reordered: 0, silentHoles: 0 });
  }
  expect(totals(members).holes).toBe(0);
}, 240_000);

test('F16: sockets that are all cut off at once come back, and authenticating each asks Redis once', async () => {
  const count = 300;
  const cookies = await signIn(redis, count);
  const instances = await startChat(1);
  const members = cookies.map((cookie) => startMember({ urls: instances.urls, cookie, first: 0 }));
  await waitFor(() => members.every(({ isThere }) => isThere), patient);

  await instances.kill(0);
  await waitFor(() => members.every(({ isThere }) => !isThere), patient);
  const before = await commandCounts(redis);
  await instances.restart(0);
  await waitFor(() => members.every(({ isThere }) => isThere), patient);
  const asked = difference(before, await commandCounts(redis));

  // A member that gets 503 comes again and costs another authentication.
  const attempts = count + members.reduce((sum, { unavailable }) => sum + unavailable, 0);
  expect(asked.hgetall).toBeLessThanOrEqual(attempts);
  // The remaining commands come from the instance itself: far fewer than one a socket.
  const { hgetall, ...others } = asked;
  expect(Object.entries(others).filter(([, calls]) => calls >= count / 2)).toEqual([]);
}, 240_000);
