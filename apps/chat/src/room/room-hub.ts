import type { ChatMessage, ServerFrame } from '@holdfast/contracts';
import { ChatCounts } from '../chat-counts.js';
import type { Presence } from '../presence/presence.js';
import type { ChatSocket } from '../socket/chat-socket.js';
import { textFrame } from '../socket/text-frame.js';
import { type LocalRoom, type LocalRooms, newLocalRoom, writePending } from './local-room.js';
import type { RoomEvents, RoomListener } from './room-events.js';
import type { Position, RoomLog } from './room-log.js';

/** Dependencies of the hub; each has a default. */
export interface RoomHubOptions {
  /** Receives errors of background work. */
  readonly report?: (error: unknown) => void;
  /** Counts deliveries, recoveries and rooms. */
  readonly counts?: ChatCounts;
  /** Waits between two tries of a fetch. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Pause between two tries of a fetch. ioredis reconnects within a quarter of a second, so more tries would not help. */
const RETRY_MS = 100;
const REFRESHED_AT_ONCE = 32;

/**
 * The rooms this instance has members in. The hub gives every message of a room to its local members once and in order. When a
 * live message is not the next one, the hub fetches what is missing from the log, and retries until that succeeds.
 */
export class RoomHub implements RoomListener {
  private readonly rooms: LocalRooms = new Map();
  private readonly report: (error: unknown) => void;
  private readonly counts: ChatCounts;
  private readonly pause: (ms: number) => Promise<void>;

  constructor(
    private readonly log: RoomLog,
    private readonly events: RoomEvents,
    private readonly presenceOf: Presence,
    { report = () => undefined, counts = new ChatCounts(), pause = unrefPause }: RoomHubOptions = {},
  ) {
    this.report = report;
    this.counts = counts;
    this.pause = pause;
    events.listen(this);
  }

  /** Adds the socket and sends it the messages after `seen`. Rejects when the store is unavailable; joining again is safe. */
  async join(socket: ChatSocket, name: string, seen: Position | undefined): Promise<void> {
    const room = this.rooms.get(name) ?? newLocalRoom(this.events.subscribe(name));
    this.rooms.set(name, room);
    this.counts.rooms = this.rooms.size;
    room.joining++;
    try {
      await this.enter(socket, name, room, seen);
    } finally {
      room.joining--;
      await this.closeIfEmpty(name, room);
    }
    await this.presenceOf.renew(name, [socket], 'always');
  }

  /** Takes the socket out of all its rooms. */
  async leave(socket: ChatSocket): Promise<void> {
    for (const name of socket.seen.keys()) await this.leaveRoom(socket, name);
  }

  /**
   * Takes the socket out of a room; does nothing when it is not in it. Unsubscribes from a room without local members. Never
   * rejects: if Redis is away, the place ends with its lease.
   */
  async leaveRoom(socket: ChatSocket, name: string): Promise<void> {
    if (!socket.seen.delete(name)) return;
    const room = this.rooms.get(name);
    if (room !== undefined) {
      room.members.delete(socket);
      await this.closeIfEmpty(name, room);
    }
    await this.presenceOf.leave(name, socket.seat, socket.name).catch(this.report);
  }

  /**
   * Renews the places of all members and finds messages and announcements that pub/sub lost. A timer calls it. Resolves with false
   * when Redis did not answer for some room: the caller should then retry soon, before the leases end.
   */
  refresh(): Promise<boolean> {
    return this.refreshRooms([...this.rooms]);
  }

  private async refreshRooms(rooms: ReadonlyArray<readonly [name: string, room: LocalRoom]>): Promise<boolean> {
    const failures = new Map<string, unknown>();
    // Rooms are refreshed in groups: that wakes this process and Redis less often than one room after the other.
    for (let n = 0; n < rooms.length; n += REFRESHED_AT_ONCE) {
      const some = rooms.slice(n, n + REFRESHED_AT_ONCE);
      const done = await Promise.allSettled(some.map(([name, room]) => this.refreshRoom(name, room)));
      // On a Cluster, Redis may answer for some rooms and not for others.
      for (const one of done) if (one.status === 'rejected') failures.set(String(one.reason), one.reason);
    }
    for (const failure of failures.values()) this.report(failure);
    return failures.size === 0;
  }

  private async refreshRoom(name: string, room: LocalRoom): Promise<void> {
    this.catchUp(name, room);
    // This is sent before the first await, so that a member who leaves meanwhile gives up the place after it.
    await this.presenceOf.renew(name, [...room.members]);
    await this.tellPresence(name, room);
  }

  /** Reads the presence and sends it to the members, unless nothing was announced and it equals the last frame. */
  private async tellPresence(name: string, room: LocalRoom): Promise<void> {
    const { members, count } = await this.presenceOf.glimpse(name);
    const text = JSON.stringify({ type: 'presence', room: name, members, count } satisfies ServerFrame);
    if (!room.announced && room.told === text) return;
    room.announced = false;
    room.told = text;
    const prepared = textFrame(text);
    for (const member of room.members) member.sendPrepared(prepared);
  }

  message(name: string, epoch: string, message: ChatMessage): void {
    const room = this.rooms.get(name);
    if (room === undefined) return;
    const heard = { epoch, offset: message.offset };
    if (room.members.size === 0) {
      // The first member is still joining: only the position is recorded.
      room.position = heard;
    } else if (room.catchingUp) {
      room.heard = heard;
    } else if (epoch === room.position.epoch && message.offset === room.position.offset + 1) {
      this.deliver(name, room, message);
    } else if (isBehind(room.position, heard)) {
      this.catchUp(name, room);
    }
  }

  presence(name: string): void {
    const room = this.rooms.get(name);
    if (room === undefined) return;
    room.announced = true;
    room.presence.changed(() => this.tellPresence(name, room), this.report);
  }

  /** After an outage of Redis, messages, announcements and places of these rooms may be lost: refreshes them. */
  interrupted(names: readonly string[]): void {
    const rooms = names.flatMap((name) => {
      const room = this.rooms.get(name);
      return room === undefined ? [] : [[name, room] as const];
    });
    void this.refreshRooms(rooms);
  }

  private async enter(socket: ChatSocket, name: string, room: LocalRoom, seen: Position | undefined): Promise<void> {
    // The subscription comes before the read. A message published in between arrives twice, and its offset shows that the second
    // copy can be dropped.
    await room.subscribed;
    let replay = await this.log.replay(name, seen);
    // A message delivered during the read would be missing for this socket, so the log is read again.
    while (room.position.epoch === replay.epoch && room.position.offset > replay.offset) {
      replay = await this.log.replay(name, seen);
    }
    const position = { epoch: replay.epoch, offset: replay.offset };
    // The replay also holds the pending messages, perhaps with the offsets of another epoch.
    this.writePending(name, room);
    if (room.members.size === 0) room.position = position;
    room.members.add(socket);
    room.told = undefined;
    socket.seen.set(name, position);
    socket.send({ type: 'joined', room: name, ...replay, messages: [...replay.messages] });
    if (seen !== undefined) this.counts[replay.recovered ? 'recovered' : 'notRecovered']++;
    if (room.position.epoch !== replay.epoch) this.catchUp(name, room);
  }

  private async closeIfEmpty(name: string, room: LocalRoom): Promise<void> {
    if (room.members.size > 0 || room.joining > 0 || this.rooms.get(name) !== room) return;
    this.rooms.delete(name);
    this.counts.rooms = this.rooms.size;
    room.presence.close();
    await this.events.unsubscribe(name);
  }

  /**
   * Queues the message and moves the position; the queue is written at the end of this turn of the event loop. Under load many
   * messages arrive in one turn: each member then gets one write for all of them.
   */
  private deliver(name: string, room: LocalRoom, message: ChatMessage): void {
    const { epoch } = room.position;
    room.position = { epoch, offset: message.offset };
    room.pending.push(textFrame(JSON.stringify({ type: 'message', room: name, epoch, message } satisfies ServerFrame)));
    if (room.pending.length === 1) setImmediate(() => this.writePending(name, room));
  }

  private writePending(name: string, room: LocalRoom): void {
    this.counts.delivered += writePending(name, room);
  }

  private catchUp(name: string, room: LocalRoom): void {
    if (!room.catchingUp) void this.fetchUntilLevel(name, room);
  }

  /** Never rejects. Live messages that arrive during a fetch are not delivered; the loop fetches them too. */
  private async fetchUntilLevel(name: string, room: LocalRoom): Promise<void> {
    room.catchingUp = true;
    let level = false;
    while (!level && room.members.size > 0) {
      room.heard = undefined;
      try {
        await this.fetchMissed(name, room);
        level = room.heard === undefined || !isBehind(room.position, room.heard);
      } catch (error) {
        this.report(error);
        await this.pause(RETRY_MS);
      }
    }
    room.catchingUp = false;
  }

  private async fetchMissed(name: string, room: LocalRoom): Promise<void> {
    const replay = await this.log.replay(name, room.position);
    // Pending messages come before the missed ones, and belong to the epoch that may end here.
    this.writePending(name, room);
    if (replay.recovered) {
      room.position = { epoch: replay.epoch, offset: room.position.offset };
      for (const message of replay.messages) this.deliver(name, room, message);
      return;
    }
    // The log cannot fill the gap: the members receive the history with `recovered: false` instead of a silent hole.
    const position = { epoch: replay.epoch, offset: replay.offset };
    room.position = position;
    for (const member of room.members) {
      const seen = member.seen.get(name);
      // This member joined after the gap.
      if (seen !== undefined && !isBehind(seen, position)) continue;
      member.seen.set(name, position);
      member.send({ type: 'joined', room: name, ...replay, messages: [...replay.messages] });
    }
  }
}

/** Whether a reader at `position` lacks messages up to `other`. Offsets of different epochs do not compare. */
function isBehind(position: Position, other: Position): boolean {
  return position.epoch !== other.epoch || other.offset > position.offset;
}

function unrefPause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
