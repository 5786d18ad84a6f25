import { randomUUID } from 'node:crypto';
import type { ServerFrame } from '@holdfast/contracts';
import { Outbox } from '@holdfast/events';
import { startRedis, waitFor } from '@holdfast/testing';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { openChannels } from '../src/channels/open-channels.js';
import { Presence } from '../src/presence/presence.js';
import { RedisRoomLog } from '../src/room/redis-room-log.js';
import { RoomEvents } from '../src/room/room-events.js';
import { RoomHub } from '../src/room/room-hub.js';
import type { Position } from '../src/room/room-log.js';
import type { ChatSocket } from '../src/socket/chat-socket.js';

const leaseMs = 2_000;
const patient = { timeoutMs: 20_000 };

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let room: string;
let replicas: Replica[];

beforeEach(async () => {
  server = await startRedis({ args: ['--appendfsync', 'always'] });
  redis = connect();
  room = randomUUID();
  replicas = [];
});
afterEach(async () => {
  for (const replica of replicas) replica.end();
  redis.disconnect();
  jest.restoreAllMocks();
  await server.stop();
});

function connect(): Redis {
  const connection = new Redis(server.url, { retryStrategy: () => 20, commandTimeout: 500 });
  connection.on('error', () => undefined);
  return connection;
}

/** A replica with one member in the room. The test decides when it renews its places. */
class Replica {
  private readonly redis = connect();
  private readonly events = new RoomEvents(openChannels(this.redis), new Outbox(this.redis, 'hf:'));
  readonly presence = new Presence(this.redis, 'hf:', leaseMs);
  readonly hub = new RoomHub(new RedisRoomLog(this.redis, 'hf:', 1000), this.events, this.presence);
  readonly seen = new Map<string, Position>();
  readonly seat = randomUUID();
  /** The members in the last presence frame. */
  told: readonly string[] = [];

  constructor(readonly name: string) {
    replicas.push(this);
  }

  async join(): Promise<this> {
    await this.hub.join(this as unknown as ChatSocket, room, undefined);
    return this;
  }

  send(): void {}

  sendPrepared(frame: Buffer): void {
    const read = JSON.parse(frame.subarray(frame[1] === 126 ? 4 : 2).toString()) as ServerFrame;
    if (read.type === 'presence') this.told = read.members;
  }

  end(): void {
    this.events.close();
    this.redis.disconnect();
  }
}

async function threeReplicas(): Promise<[Replica, Replica, Replica]> {
  const three = [new Replica('ada'), new Replica('bob'), new Replica('cy')] as const;
  for (const replica of three) await replica.join();
  await allTold(three, ['ada', 'bob', 'cy'], () => renewAll(three));
  return [...three];
}

async function renewAll(some: readonly Replica[]): Promise<void> {
  for (const { hub } of some) await hub.refresh();
}

/** Waits until the last presence frame of every member has these names. */
async function allTold(some: readonly Replica[], names: readonly string[], meanwhile = async () => {}): Promise<void> {
  const isTold = async () => {
    await meanwhile();
    return some.every(({ told }) => told.join() === names.join());
  };
  await waitFor(isTold, { ...patient, what: `all members see ${names}` });
}

test('C1: a replica that stood still longer than its lease is announced again', async () => {
  const [ada, bob, cy] = await threeReplicas();
  await allTold([bob, cy], ['bob', 'cy'], () => renewAll([bob, cy]));
  await ada.hub.refresh();
  await allTold([ada, bob, cy], ['ada', 'bob', 'cy'], () => renewAll([bob, cy]));
});

test('C1: after Redis was frozen longer than every lease, all are told of all', async () => {
  const three = await threeReplicas();
  const thawAt = Date.now() + 2 * leaseMs;
  server.pause();
  await waitFor(() => Date.now() > thawAt);
  server.resume();
  await waitFor(() => three[0].hub.refresh(), patient);
  // By their leases the others are gone until each renews its place.
  await allTold([three[0]], ['ada']);
  await waitFor(() => three[1].hub.refresh(), patient);
  await waitFor(() => three[2].hub.refresh(), patient);
  await allTold(three, ['ada', 'bob', 'cy']);
});

test('C1: after Redis came back from an older file, places are taken again at once, and those of the past fade', async () => {
  const three = [new Replica('ada'), new Replica('bob')] as const;
  await three[0].join();
  await three[0].presence.renew(room, [{ seat: 'gone', name: 'zoe' }]);
  const key = `hf:chat:{${room}}:presence`;
  const older = await redis.dumpBuffer(key);
  await three[0].presence.leave(room, 'gone', 'zoe');
  await three[1].join();
  await allTold(three, ['ada', 'bob']);
  await redis.restore(key, 0, older ?? '', 'REPLACE');
  await server.kill();
  await server.restart();
  await waitFor(() => three.every(({ told }) => told.includes('bob')), patient);
  await allTold(three, ['ada', 'bob'], () => renewAll(three));
});

test('C1: a change whose announcement was lost is told with the next renewal', async () => {
  const three = await threeReplicas();
  await redis.zrem(`hf:chat:{${room}}:presence`, `${three[2].seat} cy`);
  await three[0].hub.refresh();
  expect(three[0].told).not.toContain('cy');
});

test('C1: a replica that is killed fades, and is told again when it is back', async () => {
  const [ada, bob, cy] = await threeReplicas();
  cy.end();
  const goOn = () => renewAll([ada, bob]);
  await allTold([ada, bob], ['ada', 'bob'], goOn);
  const back = await new Replica('cy').join();
  await allTold([ada, bob, back], ['ada', 'bob', 'cy'], goOn);
});

test('C1: leases end by the clock of Redis, whatever the clocks of the replicas say', async () => {
  const [ada] = await threeReplicas();
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + 3_600_000);
  await ada.hub.refresh();
  expect(await ada.presence.members(room)).toContain('ada');
  jest.restoreAllMocks();
  await waitFor(async () => (await ada.presence.members(room)).length === 0, patient);
});

test('C1: a place by a clock that was ahead does not stay', async () => {
  const [ada] = await threeReplicas();
  await redis.zadd(`hf:chat:{${room}}:presence`, Date.now() + 3_600_000, 'ghost zoe');
  expect(await ada.presence.members(room)).not.toContain('zoe');
  await ada.hub.refresh();
  expect(await redis.zscore(`hf:chat:{${room}}:presence`, 'ghost zoe')).toBeNull();
});
