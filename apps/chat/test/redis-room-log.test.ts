import { randomUUID } from 'node:crypto';
import { newEvent } from '@holdfast/events';
import { startRedis } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { TodoAnnouncements } from '../src/announcements/todo-announcements.consumer.js';
import { Presence } from '../src/presence/presence.js';
import { RedisRoomLog } from '../src/room/redis-room-log.js';

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let log: RedisRoomLog;
let room: string;

beforeAll(async () => {
  server = await startRedis({ args: ['--appendfsync', 'always'] });
});
beforeEach(() => {
  redis = new Redis(server.url, { retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  log = new RedisRoomLog(redis, 'hf:', 1000);
  room = randomUUID();
});
afterEach(() => redis.disconnect());
afterAll(() => server.stop());

const say = (text: string) => log.append(room, { userId: 'u', from: 'ada', text, clientId: randomUUID() });

/** Redis comes back without its newest `lost` messages, as after a crash with an append-only file synced once a second. */
async function restartLosing(lost: number): Promise<void> {
  const [state, stream] = [`hf:chat:{${room}}:state`, `hf:chat:{${room}}:log`];
  const last = Number(await redis.hget(state, 'offset'));
  const messages = (await redis.xrange(stream, '-', `${last - lost}-0`)).map(([id, fields]) => [id, ...fields]);
  await redis.del(stream);
  for (const [id = '', ...fields] of messages) await redis.xadd(stream, id, ...fields);
  await redis.hset(state, 'offset', last - lost);
  await server.kill();
  await server.restart();
}

test('many appends at once get offsets without a hole', async () => {
  const offsets = await Promise.all(Array.from({ length: 50 }, (_, i) => say(`t${i}`)));
  expect(offsets.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
});

test('a reader who had seen only what survived a restart of Redis recovers exactly, in the new epoch', async () => {
  for (const text of ['one', 'two', 'three']) await say(text);
  const { epoch } = await log.replay(room);
  await restartLosing(1);
  await say('another three');
  const replay = await log.replay(room, { epoch, offset: 2 });
  expect(replay).toMatchObject({ recovered: true, offset: 3, messages: [{ offset: 3, text: 'another three' }] });
  expect(replay.epoch).not.toBe(epoch);
});

test('a reader who had seen what a restart of Redis lost is told, though the offset was given out again', async () => {
  for (const text of ['one', 'two', 'three']) await say(text);
  const { epoch } = await log.replay(room);
  await restartLosing(1);
  await say('another three');
  const replay = await log.replay(room, { epoch, offset: 3 });
  expect(replay.recovered).toBe(false);
  expect(replay.messages.map(({ text }) => text)).toEqual(['one', 'two', 'another three']);
});

test('a room whose state was evicted starts again instead of failing', async () => {
  await say('one');
  await redis.del(`hf:chat:{${room}}:state`);
  expect(await say('again')).toEqual({ offset: 1 });
  expect((await log.replay(room)).messages.map(({ text }) => text)).toEqual(['again']);
});

test('a replay that would be too large for one frame is cut, and says so', async () => {
  const { epoch } = await log.replay(room);
  for (let i = 0; i < 70; i++) await say('x'.repeat(4000));
  const replay = await log.replay(room, { epoch, offset: 0 });
  expect(replay).toMatchObject({ recovered: false, offset: 70 });
  expect(replay.messages.at(-1)?.offset).toBe(70);
  expect(replay.messages).toHaveLength(65);
});

test('a newcomer is given the last hundred, and HTTP all that is kept', async () => {
  for (let i = 0; i < 120; i++) await say(`t${i}`);
  expect((await log.replay(room)).messages).toHaveLength(100);
  expect((await log.history(room, 5)).messages).toHaveLength(115);
});

test('C5: an announcement that is given again days later is announced once', async () => {
  const announcements = new TodoAnnouncements(log);
  const event = newEvent('todo.completed', { key: 'u1', data: { todoId: 't1', name: 'ada' } });
  await announcements.completed(event);
  const [key = ''] = await redis.keys('hf:chat:{lobby}:sent:*');
  // What is left of its time after six days.
  await redis.expire(key, (await redis.ttl(key)) - 6 * 86_400);
  await announcements.completed({ ...event, occurredAt: new Date(Date.now() - 6 * 86_400_000).toISOString() });
  expect((await log.history('lobby', 0)).messages).toHaveLength(1);
});

test('a crowd is glimpsed, not listed', async () => {
  const presence = new Presence(redis, 'hf:');
  await presence.renew(
    room,
    Array.from({ length: 150 }, (_, i) => ({ seat: `s${i}`, name: `n${i}` })),
  );
  const { members, count } = await presence.glimpse(room);
  expect([members.length, count]).toEqual([100, 150]);
});
