import { randomUUID } from 'node:crypto';
import { type ServerFrame, serverFrameSchema } from '@holdfast/contracts';
import { masterOf, Outbox } from '@holdfast/events';
import {
  REDIS,
  RedisModule,
  type RunningService,
  readConfig,
  redisEnv,
  serviceEnv,
  sessionEnv,
  sessionOptions,
  startService,
} from '@holdfast/service';
import { SessionModule, SessionService } from '@holdfast/session/nest';
import { startRedisCluster, type TestRedisCluster, waitFor } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { Controller, Inject, Module, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { Cluster, Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { ChatModule, chatEnv, configureChat } from '../src/index.js';
import { RedisRoomLog } from '../src/room/redis-room-log.js';
import { roomKeys } from '../src/room/room-keys.js';

/** A master needs time to come back, and the cluster trusts it a few seconds later. */
const patience = { timeoutMs: 40_000 };
let cluster: TestRedisCluster;
let redis: Cluster;
let log: RedisRoomLog;
let one: RunningService;
let two: RunningService;
let members: Member[] = [];

beforeAll(async () => {
  // Redis writes to disk before it acknowledges, so a kill must lose nothing.
  cluster = await startRedisCluster(['--appendfsync', 'always']);
  redis = await cluster.connect();
  log = new RedisRoomLog(redis as unknown as Redis, 'hf:', 1000);
  [one, two] = await Promise.all([startChat(), startChat()]);
}, 90_000);
afterEach(() => {
  for (const { socket } of members) socket.terminate();
  members = [];
});
afterAll(async () => {
  await Promise.all([one?.close({ drainMs: 0 }), two?.close({ drainMs: 0 })]);
  redis?.disconnect();
  await cluster?.stop();
});

@Controller('test')
class LoginController {
  constructor(@Inject(SessionService) private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Req() req: Request, @Query('name') name: string) {
    await this.sessions.login(req, { id: name, name });
    return {};
  }
}

/** One chat instance with a login of the test's own. */
async function startChat(): Promise<RunningService> {
  const read = readConfig(z.object({ ...serviceEnv, ...redisEnv, ...sessionEnv, ...chatEnv }), {
    REDIS_URL: cluster.url,
    SESSION_SECRETS: 'a-secret-only-for-these-tests',
    LOG_LEVEL: 'silent',
    CHAT_CLOSE_SPREAD_MS: '0',
    // An outage may take many tries.
    CHAT_MESSAGES_PER_MINUTE: '100000',
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { config } = read;
  @Module({
    imports: [
      RedisModule.forRoot({ url: config.REDIS_URL }),
      SessionModule.forRootAsync({ inject: [REDIS], useFactory: (client: Redis) => sessionOptions(config, client) }),
      ChatModule.forRoot(config),
    ],
    controllers: [LoginController],
  })
  class TestModule {}
  return startService({ name: 'chat', module: TestModule, config, configure: configureChat });
}

class Member {
  readonly frames: ServerFrame[] = [];

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.frames.push(serverFrameSchema.parse(JSON.parse(String(data)))));
    members.push(this);
  }

  /** Joins like a client: again while the answer is `unavailable`. */
  async join(room: string): Promise<void> {
    await waitFor(async () => {
      const before = this.frames.length;
      this.socket.send(JSON.stringify({ type: 'join', room }));
      const answer = await waitFor(
        () => this.frames.slice(before).find(({ type }) => type === 'joined' || type === 'error'),
        patience,
      );
      return answer.type === 'joined';
    }, patience);
  }

  /** Sends like a client: the same message again while the answer is `unavailable`. */
  async say(room: string, text: string): Promise<void> {
    const clientId = randomUUID();
    await waitFor(async () => {
      const before = this.frames.length;
      this.socket.send(JSON.stringify({ type: 'send', room, text, clientId }));
      const answer = await waitFor(
        () => this.frames.slice(before).find((frame) => 'clientId' in frame && frame.clientId === clientId),
        patience,
      );
      return answer.type === 'sent';
    }, patience);
  }

  texts(room: string): string[] {
    return this.frames.flatMap((frame) =>
      frame.type === 'message' && frame.room === room ? [frame.message.text] : [],
    );
  }
}

async function enter(service: RunningService, name: string): Promise<Member> {
  const response = await fetch(`${service.url}/test/login?name=${name}`, { method: 'POST' });
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const url = `${service.url.replace('http', 'ws')}/chat/socket`;
  const socket = new WebSocket(url, { headers: { cookie }, origin: service.url });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return new Member(socket);
}

const channelOf = (room: string) => roomKeys(new Outbox(redis, 'hf:'), room).channel;
const portOf = (room: string) => masterOf(redis, channelOf(room)).options.port;
/** Six rooms, two of each master. */
function roomsOfEachMaster(): string[] {
  const fresh = Array.from({ length: 200 }, (_, n) => `room-${randomUUID().slice(0, 8)}-${n}`);
  return cluster.nodes.flatMap(({ port }) => fresh.filter((room) => portOf(room) === port).slice(0, 2));
}
/** Appends the same message again until Redis confirms. */
const append = (room: string, text: string) => {
  const clientId = randomUUID();
  return waitFor(
    () =>
      log.append(room, { userId: 'u', from: 'someone', text, clientId }).then(
        () => true,
        () => false,
      ),
    patience,
  );
};

test('a message reaches the members on every instance, carried by the one master that has the room', async () => {
  const [ada, bob] = [await enter(one, 'ada'), await enter(two, 'bob')];
  const rooms = roomsOfEachMaster();
  expect(rooms).toHaveLength(6);
  for (const room of rooms) {
    await ada.join(room);
    await bob.join(room);
    await ada.say(room, `from ada to ${room}`);
    await waitFor(() => bob.texts(room).length === 1 && ada.texts(room).length === 1, patience);
    await bob.say(room, `from bob to ${room}`);
    await waitFor(() => bob.texts(room).length === 2 && ada.texts(room).length === 2, patience);
    expect(ada.texts(room)).toEqual([`from ada to ${room}`, `from bob to ${room}`]);
    expect(bob.texts(room)).toEqual(ada.texts(room));
    const carried = await Promise.all(
      redis.nodes('master').map(async (node) => {
        const [, subscribers] = (await node.call('PUBSUB', 'SHARDNUMSUB', channelOf(room))) as [string, number];
        return { port: node.options.port, subscribers };
      }),
    );
    expect(carried.filter(({ subscribers }) => subscribers > 0)).toEqual([{ port: portOf(room), subscribers: 2 }]);
    expect(await redis.nodes('master')[0]?.pubsub('NUMSUB', channelOf(room))).toEqual([channelOf(room), 0]);
  }
  await waitFor(() => ada.frames.some((frame) => frame.type === 'presence'), patience);
}, 90_000);

test('an instance unsubscribes from a room without local members', async () => {
  const ada = await enter(one, 'ada');
  const [room = ''] = roomsOfEachMaster();
  await ada.join(room);
  const subscribers = async () =>
    ((await masterOf(redis, channelOf(room)).call('PUBSUB', 'SHARDNUMSUB', channelOf(room))) as [string, number])[1];
  expect(await subscribers()).toBe(1);
  ada.socket.close();
  await waitFor(async () => (await subscribers()) === 0, patience);
}, 60_000);

test('messages sent while the subscription is cut are fetched from the log', async () => {
  const [ada, bob] = [await enter(one, 'ada'), await enter(two, 'bob')];
  const [room = ''] = roomsOfEachMaster();
  await Promise.all([ada.join(room), bob.join(room)]);
  // Both go in one write, so no instance can subscribe again in between.
  const cut = masterOf(redis, channelOf(room)).call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  const [connections] = await Promise.all([cut, append(room, 'in the gap')]);
  expect(Number(connections)).toBeGreaterThanOrEqual(2);
  await append(room, 'after it');
  for (const member of [ada, bob]) {
    await waitFor(() => member.texts(room).length === 2, patience);
    expect(member.texts(room)).toEqual(['in the gap', 'after it']);
  }
}, 60_000);

test('the master of a room is killed and restarted: its members miss nothing, those of other rooms do not notice', async () => {
  const [ada, bob] = [await enter(one, 'ada'), await enter(two, 'bob')];
  const rooms = roomsOfEachMaster();
  for (const room of rooms) {
    await Promise.all([ada.join(room), bob.join(room)]);
    await append(room, 'before');
  }
  const [killed] = cluster.nodes;
  const [hit, spared] = [true, false].map((ofKilled) =>
    rooms.filter((room) => (portOf(room) === killed?.port) === ofKilled),
  );
  await killed?.kill();
  for (const room of spared ?? []) {
    await ada.say(room, 'meanwhile');
    await waitFor(() => bob.texts(room).length === 2, patience);
  }
  await killed?.restart();
  // As soon as Redis takes it, which may be before or after the instances listen again.
  for (const room of hit ?? []) await append(room, 'first of the new process');
  for (const room of hit ?? []) {
    const all = ['before', 'first of the new process'];
    for (const member of [ada, bob]) {
      await waitFor(() => member.texts(room).length >= all.length, patience);
      expect(member.texts(room)).toEqual(all);
    }
    // And live again.
    await waitFor(async () => {
      const answer = await masterOf(redis, channelOf(room)).call('PUBSUB', 'SHARDNUMSUB', channelOf(room));
      return (answer as [string, number])[1] === 2;
    }, patience);
    await ada.say(room, 'live');
    await waitFor(() => bob.texts(room).length === all.length + 1, patience);
    expect(bob.texts(room)).toEqual([...all, 'live']);
  }
  for (const room of spared ?? []) expect(bob.texts(room)).toEqual(['before', 'meanwhile']);
  const notRecovered = bob.frames.filter((frame) => frame.type === 'joined' && !frame.recovered);
  // The first join of each room names no position, and no later one reported a hole.
  expect(notRecovered).toHaveLength(rooms.length);
}, 120_000);

test('a slot that moves to another master takes its rooms along', async () => {
  const [ada, bob] = [await enter(one, 'ada'), await enter(two, 'bob')];
  const [room = ''] = roomsOfEachMaster();
  await Promise.all([ada.join(room), bob.join(room)]);
  await append(room, 'before');
  await cluster.moveSlot(channelOf(room));
  await append(room, 'after');
  for (const member of [ada, bob]) {
    await waitFor(() => member.texts(room).length === 2, patience);
    expect(member.texts(room)).toEqual(['before', 'after']);
  }
  await ada.say(room, 'live');
  await waitFor(() => bob.texts(room).length === 3 && ada.texts(room).length === 3, patience);
}, 90_000);

// The last one: the first master does not come back.
test('a replica takes over from the master of a room: its members go on, and none hears of a hole', async () => {
  await cluster.replicateFirst();
  const [ada, bob] = [await enter(one, 'ada'), await enter(two, 'bob')];
  const [room = ''] = roomsOfEachMaster();
  await Promise.all([ada.join(room), bob.join(room)]);
  await append(room, 'before');
  // Writes that the replica has not received when its master dies are lost.
  expect(await masterOf(redis, channelOf(room)).wait(1, 30_000)).toBe(1);
  await cluster.nodes[0]?.kill();
  await append(room, 'after');
  for (const member of [ada, bob]) {
    await waitFor(() => member.texts(room).length === 2, patience);
    expect(member.texts(room)).toEqual(['before', 'after']);
  }
  await ada.say(room, 'live');
  await waitFor(() => bob.texts(room).length === 3, patience);
  expect(bob.frames.filter((frame) => frame.type === 'joined')).toHaveLength(1);
}, 120_000);
