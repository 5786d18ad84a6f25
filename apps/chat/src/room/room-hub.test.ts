import type { ChatMessage, ServerFrame } from '@holdfast/contracts';
import { expect, test } from '@jest/globals';
import type { Presence } from '../presence/presence.js';
import type { ChatSocket } from '../socket/chat-socket.js';
import type { RoomEvents, RoomListener } from './room-events.js';
import { RoomHub } from './room-hub.js';
import type { Position, Replay, RoomLog } from './room-log.js';

const message = (offset: number): ChatMessage => ({
  offset,
  id: `m${offset}`,
  from: 'ada',
  text: `t${offset}`,
  at: '',
});

/** A log whose answers a test can hold back. */
class FakeLog implements RoomLog {
  epoch = 'e1';
  readonly messages: ChatMessage[] = [];
  onReplay: () => void = () => undefined;
  fails = 0;
  append = async () => ({ offset: 0 });
  history = async () => ({ epoch: this.epoch, messages: [], more: false });
  add(count = 1): ChatMessage {
    for (let i = 0; i < count; i++) this.messages.push(message(this.messages.length + 1));
    return message(this.messages.length);
  }
  async replay(_room: string, after?: Position): Promise<Replay> {
    if (this.fails > 0) {
      this.fails--;
      throw new Error('not now');
    }
    const recovered = after?.epoch === this.epoch;
    const offset = this.messages.length;
    const missed = this.messages.filter((m) => !recovered || m.offset > (after?.offset ?? 0));
    this.onReplay();
    return { epoch: this.epoch, offset, recovered, messages: missed, more: false };
  }
}

class FakeSocket {
  readonly seen = new Map<string, Position>();
  readonly frames: ServerFrame[] = [];
  readonly toldMembers: string[][] = [];
  readonly seat = 's';
  readonly name = 'ada';
  send(frame: ServerFrame): void {
    this.frames.push(frame);
  }
  writes = 0;
  sendPrepared(frames: Buffer): void {
    this.writes++;
    for (let rest = frames; rest.length > 0; ) {
      // Two bytes of head, and two more where the second says that the length is there.
      const isLong = rest[1] === 126;
      const start = isLong ? 4 : 2;
      const end = start + (isLong ? rest.readUInt16BE(2) : (rest[1] ?? 0));
      const frame = JSON.parse(rest.subarray(start, end).toString()) as ServerFrame;
      if (frame.type === 'presence') this.toldMembers.push(frame.members);
      else this.frames.push(frame);
      rest = rest.subarray(end);
    }
  }
  offsets(): number[] {
    return this.frames.flatMap((frame) => {
      if (frame.type === 'joined') return frame.messages.map((m) => m.offset);
      return frame.type === 'message' ? [frame.message.offset] : [];
    });
  }
}

function setUp() {
  const log = new FakeLog();
  const unsubscribed: string[] = [];
  let listener: RoomListener | undefined;
  const events = {
    listen: (l: RoomListener) => {
      listener = l;
    },
    subscribe: async () => undefined,
    unsubscribe: async (room: string) => void unsubscribed.push(room),
  };
  const renewed: string[] = [];
  const glimpses = { members: ['ada'], fail: false };
  const presence = {
    renew: async (room: string) => {
      if (room === 'lost') throw new Error('not now');
      renewed.push(room);
    },
    leave: async () => undefined,
    glimpse: async () => {
      if (glimpses.fail) throw new Error('not now');
      return { members: glimpses.members, count: glimpses.members.length };
    },
  };
  const hub = new RoomHub(log, events as unknown as RoomEvents, presence as unknown as Presence, {
    pause: async () => undefined,
  });
  const publish = (m: ChatMessage): void => listener?.message('r', log.epoch, m);
  const join = async (seen?: Position, room = 'r'): Promise<FakeSocket> => {
    const socket = new FakeSocket();
    await hub.join(socket as unknown as ChatSocket, room, seen);
    return socket;
  };
  /** A message said at the end of one turn is written at the end of a later one. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    log,
    hub,
    glimpses,
    publish,
    join,
    settle,
    renewed,
    unsubscribed,
    interrupt: () => listener?.interrupted(['r']),
  };
}

test('a member sees the history and then every message once, in order', async () => {
  const { log, publish, join, settle } = setUp();
  log.add(2);
  const socket = await join();
  publish(log.add());
  await settle();
  publish(message(3));
  publish(log.add());
  await settle();
  expect(socket.offsets()).toEqual([1, 2, 3, 4]);
});

test('messages that come together are one write to each member', async () => {
  const { log, publish, join, settle } = setUp();
  const socket = await join();
  for (let i = 0; i < 3; i++) publish(log.add());
  await settle();
  expect(socket.offsets()).toEqual([1, 2, 3]);
  expect(socket.writes).toBe(1);
});

test('a member who joins while messages wait to be written receives each once', async () => {
  const { log, publish, join, settle } = setUp();
  const first = await join();
  publish(log.add());
  const second = await join();
  publish(log.add());
  await settle();
  expect(first.offsets()).toEqual([1, 2]);
  expect(second.offsets()).toEqual([1, 2]);
  expect(second.writes).toBe(1);
});

test('a message that never arrived live is fetched when the next one shows the gap', async () => {
  const { log, publish, join, settle } = setUp();
  const socket = await join();
  log.add();
  publish(log.add());
  await settle();
  expect(socket.offsets()).toEqual([1, 2]);
});

test('after an interruption the hub fetches missed messages without waiting for a new one', async () => {
  const { log, join, settle, interrupt } = setUp();
  const socket = await join();
  log.add(3);
  interrupt();
  await settle();
  expect(socket.offsets()).toEqual([1, 2, 3]);
});

test('a message published while a second member joins reaches it', async () => {
  const { log, publish, join, settle } = setUp();
  await join();
  log.onReplay = () => {
    log.onReplay = () => undefined;
    publish(log.add());
  };
  const second = await join();
  await settle();
  expect(second.offsets()).toEqual([1]);
});

test('a message published while the first member joins reaches it', async () => {
  const { log, publish, join, settle } = setUp();
  log.onReplay = () => {
    log.onReplay = () => undefined;
    publish(log.add());
  };
  const first = await join();
  await settle();
  expect(first.offsets()).toEqual([1]);
});

test('a hole that cannot be filled is reported: the members receive the history with recovered false', async () => {
  const { log, join, settle, interrupt } = setUp();
  const socket = await join();
  log.epoch = 'e2';
  log.add();
  interrupt();
  await settle();
  expect(socket.frames.at(-1)).toMatchObject({ type: 'joined', epoch: 'e2', recovered: false, offset: 1 });
});

test('a failed fetch is tried again until it succeeds, without a new message', async () => {
  const { log, join, settle, interrupt } = setUp();
  const socket = await join();
  log.add();
  log.fails = 3;
  interrupt();
  await settle();
  expect(socket.offsets()).toEqual([1]);
});

test('a message said during a fetch, too late for its answer, is not left behind', async () => {
  const { log, publish, join, settle, interrupt } = setUp();
  const socket = await join();
  log.add();
  log.onReplay = () => {
    log.onReplay = () => undefined;
    publish(log.add());
  };
  interrupt();
  await settle();
  expect(socket.offsets()).toEqual([1, 2]);
});

test('the last message of a quiet room is found by the timer when it never arrived live', async () => {
  const { log, hub, join, settle } = setUp();
  const socket = await join();
  log.add();
  await hub.refresh();
  await settle();
  expect(socket.offsets()).toEqual([1]);
});

test('a member who joined after the gap does not receive the history again', async () => {
  const { log, join, settle, interrupt } = setUp();
  await join();
  log.epoch = 'e2';
  log.add();
  const second = await join();
  interrupt();
  await settle();
  expect(second.frames).toHaveLength(1);
});

test('a room out of reach does not stop the refresh of others', async () => {
  const { hub, join, renewed } = setUp();
  await expect(join(undefined, 'lost')).rejects.toThrow('not now');
  await join();
  renewed.length = 0;
  await hub.refresh();
  expect(renewed).toEqual(['r']);
});

test('C1: presence that could not be read when it was announced is told with the next refresh, and then no more', async () => {
  const { hub, glimpses, join } = setUp();
  const socket = await join();
  await hub.refresh();
  glimpses.fail = true;
  glimpses.members = ['ada', 'bob'];
  expect(await hub.refresh()).toBe(false);
  expect(socket.toldMembers).toEqual([['ada']]);
  glimpses.fail = false;
  expect([await hub.refresh(), await hub.refresh()]).toEqual([true, true]);
  expect(socket.toldMembers).toEqual([['ada'], ['ada', 'bob']]);
});

test('a member who joins in a new epoch receives no waiting message of the old one', async () => {
  const { log, publish, join, settle } = setUp();
  const first = await join();
  publish(log.add());
  log.epoch = 'e2';
  const second = await join();
  await settle();
  // Earlier members receive the waiting messages and then the new epoch.
  expect(first.frames.map(({ type }) => type)).toEqual(['joined', 'message', 'joined']);
  expect(second.offsets()).toEqual([1]);
});

test('a join that fails leaves no subscription behind', async () => {
  const { log, join, unsubscribed } = setUp();
  log.fails = 1;
  await expect(join()).rejects.toThrow('not now');
  expect(unsubscribed).toEqual(['r']);
});
