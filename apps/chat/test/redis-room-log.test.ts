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

test('a reader who saw only messages that survived a restart of Redis recovers exactly, in the new epoch', async () => {
  for (const text of ['one', 'two', 'three']) await say(text);
  const { epoch } = await log.replay(room);
  await restartLosing(1);
  await say('another three');
  const replay = await log.replay(room, { epoch, offset: 2 });
  expect(replay).toMatchObject({ recovered: true, offset: 3, messages: [{ offset: 3, text: 'another three' }] });
  expect(replay.epoch).not.toBe(epoch);
});

test('a reader who saw messages that a restart of Redis lost gets recovered false, though their offsets are used again', async () => {
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

test('a join that missed too much for one frame learns which pages close the hole', async () => {
  const { epoch } = await log.replay(room);
  for (let i = 0; i < 150; i++) await say('x'.repeat(4000));
  const { messages, ...replay } = await log.replay(room, { epoch, offset: 10 });
  const first = messages[0]?.offset ?? 0;
  expect(replay).toEqual({ epoch, offset: 150, recovered: false, more: true, missing: { after: 10, before: first } });
  const got = messages.map(({ offset }) => offset);
  for (let before: number | undefined = first; before !== undefined; ) {
    const page = await log.history(room, 10, { before });
    expect(page.epoch).toBe(epoch);
    got.unshift(...page.messages.map(({ offset }) => offset));
    before = page.more ? page.messages[0]?.offset : undefined;
  }
  expect(got).toEqual(Array.from({ length: 140 }, (_, i) => i + 11));
});

test('a hole that the log can no longer fill names no pages', async () => {
  const short = new RedisRoomLog(redis, 'hf:', 20);
  const { epoch } = await short.replay(room);
  for (let i = 0; i < 30; i++) {
    await short.append(room, { userId: 'u', from: 'ada', text: 'hi', clientId: randomUUID() });
  }
  const replay = await short.replay(room, { epoch, offset: 5 });
  expect(replay).toMatchObject({ recovered: false, offset: 30, more: false });
  expect(replay).not.toHaveProperty('missing');
  expect(await short.replay(room, { epoch, offset: 10 })).toMatchObject({ recovered: true, more: false });
  expect(await short.replay(room, { epoch, offset: 15 })).toMatchObject({ recovered: true, more: true });
});

test('more messages than fit a join, however short they are, are left to pages', async () => {
  const long = new RedisRoomLog(redis, 'hf:', 5000);
  const { epoch } = await long.replay(room);
  const append = () => long.append(room, { userId: 'u', from: 'ada', text: 'x', clientId: randomUUID() });
  await Promise.all(Array.from({ length: 1001 }, append));
  expect(await long.replay(room, { epoch, offset: 1 })).toMatchObject({ recovered: true });
  const replay = await long.replay(room, { epoch, offset: 0 });
  expect(replay).toMatchObject({ recovered: false, missing: { after: 0, before: 902 } });
  expect(replay.messages).toHaveLength(100);
});

test('a text is as large as it is in a frame, not as it is in memory', async () => {
  for (let i = 0; i < 30; i++) await say('\u0001'.repeat(4000));
  const { messages, more } = await log.replay(room);
  expect([messages.length, more]).toEqual([10, true]);
  const page = await log.history(room, 0);
  expect([page.messages.length, page.more]).toEqual([10, true]);
  expect(page.messages[0]?.offset).toBe(1);
});

test('history is read in pages, both ways', async () => {
  for (let i = 1; i <= 25; i++) await say(`t${i}`);
  const page = async (...bounds: Parameters<typeof log.history> extends [string, ...infer P] ? P : never) => {
    const { messages, more } = await log.history(room, ...bounds);
    return [messages[0]?.offset, messages.at(-1)?.offset, more];
  };
  expect(await page()).toEqual([1, 25, false]);
  expect(await page(undefined, { limit: 10 })).toEqual([16, 25, true]);
  expect(await page(undefined, { before: 16, limit: 10 })).toEqual([6, 15, true]);
  expect(await page(undefined, { before: 6, limit: 10 })).toEqual([1, 5, false]);
  expect(await page(undefined, { before: 1 })).toEqual([undefined, undefined, false]);
  expect(await page(0, { limit: 10 })).toEqual([1, 10, true]);
  expect(await page(10, { before: 21, limit: 5 })).toEqual([16, 20, true]);
  expect(await page(10, { before: 16, limit: 5 })).toEqual([11, 15, false]);
  expect(await page(25)).toEqual([undefined, undefined, false]);
});

test('a newcomer receives the last hundred messages, and HTTP returns all that are kept', async () => {
  for (let i = 0; i < 120; i++) await say(`t${i}`);
  expect((await log.replay(room)).messages).toHaveLength(100);
  expect((await log.history(room, 5)).messages).toHaveLength(115);
});

test('C5: an announcement that is given again days later is announced once', async () => {
  const announcements = new TodoAnnouncements(log);
  const event = newEvent('todo.completed', { key: 'u1', data: { todoId: 't1', name: 'ada' } });
  await announcements.completed(event);
  const [key = ''] = await redis.keys('hf:chat:{lobby}:sent:*');
  // The time that remains to it after six days.
  await redis.expire(key, (await redis.ttl(key)) - 6 * 86_400);
  await announcements.completed({ ...event, occurredAt: new Date(Date.now() - 6 * 86_400_000).toISOString() });
  expect((await log.history('lobby', 0)).messages).toHaveLength(1);
});

test('a presence frame names a part of a crowd, and its number', async () => {
  const presence = new Presence(redis, 'hf:');
  await presence.renew(
    room,
    Array.from({ length: 150 }, (_, i) => ({ seat: `s${i}`, name: `n${i}` })),
  );
  const { members, count } = await presence.glimpse(room);
  expect([members.length, count]).toEqual([100, 150]);
});
