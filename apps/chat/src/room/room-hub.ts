import type { ChatMessage, ServerFrame } from '@holdfast/contracts';
import type { Presence } from '../presence/presence.js';
import type { ChatSocket } from '../socket/chat-socket.js';
import type { RoomEvents, RoomListener } from './room-events.js';
import type { Position, RoomLog } from './room-log.js';

interface LocalRoom {
  readonly members: Set<ChatSocket>;
  readonly subscribed: Promise<void>;
  epoch: string;
  /** Last offset handed to the members. */
  offset: number;
  /** Set while missed messages are being fetched; live ones wait behind it. */
  catchingUp: Promise<void> | undefined;
}

/**
 * The rooms this instance has members in. Hands every message of a room to its local members once and in order: a live
 * message that is not the next one starts a fetch of what is missing from the log.
 */
export class RoomHub implements RoomListener {
  private readonly rooms = new Map<string, LocalRoom>();

  constructor(
    private readonly log: RoomLog,
    private readonly events: RoomEvents,
    private readonly presenceOf: Presence,
    /** Told of what went wrong in the background. */
    private readonly report: (error: unknown) => void = () => undefined,
  ) {
    events.listen(this);
  }

  /** Adds the socket and tells it what it missed since `seen`. Rejects when the store is unavailable; joining again is safe. */
  async join(socket: ChatSocket, name: string, seen: Position | undefined): Promise<void> {
    const room = await this.open(name);
    // Subscribed first, read second: what is published in between comes twice and is dropped by its offset.
    let replay = await this.log.replay(name, seen);
    // What was delivered while we read would be a hole for this socket: read again.
    while (room.epoch === replay.epoch && room.offset > replay.offset) replay = await this.log.replay(name, seen);
    if (room.members.size === 0) {
      room.epoch = replay.epoch;
      room.offset = replay.offset;
    }
    room.members.add(socket);
    socket.offsets.set(name, replay.offset);
    socket.send({ type: 'joined', room: name, ...replay, messages: [...replay.messages] });
    await this.presenceOf.renew(name, [socket]);
    await this.presenceOf.announce(name);
  }

  /** Takes the socket out of all its rooms; a room without local members is no longer listened to. */
  async leave(socket: ChatSocket): Promise<void> {
    for (const name of socket.offsets.keys()) {
      const room = this.rooms.get(name);
      room?.members.delete(socket);
      if (room?.members.size === 0) {
        this.rooms.delete(name);
        await this.events.unsubscribe(name);
      }
      await this.presenceOf.leave(name, socket.seat, socket.name).catch(this.report);
    }
  }

  /** Renews the presence of all local members. */
  async renewPresence(): Promise<void> {
    for (const [name, room] of this.rooms) await this.presenceOf.renew(name, [...room.members]);
  }

  message(name: string, epoch: string, message: ChatMessage): void {
    const room = this.rooms.get(name);
    if (room === undefined) return;
    if (room.members.size === 0) {
      // The first member is joining: remember how far the room has come.
      room.epoch = epoch;
      room.offset = message.offset;
      return;
    }
    const isNext = epoch === room.epoch && message.offset === room.offset + 1;
    if (isNext && room.catchingUp === undefined) this.deliver(name, room, message);
    else if (epoch !== room.epoch || message.offset > room.offset) this.catchUp(name, room);
  }

  presence(name: string): void {
    this.presenceOf
      .members(name)
      .then((members) => this.broadcast(name, { type: 'presence', room: name, members }))
      .catch(this.report);
  }

  interrupted(names: readonly string[]): void {
    for (const name of names) {
      const room = this.rooms.get(name);
      if (room !== undefined) this.catchUp(name, room);
    }
  }

  private async open(name: string): Promise<LocalRoom> {
    let room = this.rooms.get(name);
    if (room === undefined) {
      room = {
        members: new Set(),
        subscribed: this.events.subscribe(name),
        epoch: '',
        offset: 0,
        catchingUp: undefined,
      };
      this.rooms.set(name, room);
    }
    try {
      await room.subscribed;
    } catch (error) {
      if (this.rooms.get(name) === room && room.members.size === 0) this.rooms.delete(name);
      throw error;
    }
    // Someone may have left and closed the room while we waited.
    return this.rooms.get(name) === room ? room : this.open(name);
  }

  private deliver(name: string, room: LocalRoom, message: ChatMessage): void {
    room.offset = message.offset;
    const text = JSON.stringify({ type: 'message', room: name, epoch: room.epoch, message } satisfies ServerFrame);
    for (const member of room.members) {
      if ((member.offsets.get(name) ?? 0) >= message.offset) continue;
      member.offsets.set(name, message.offset);
      member.sendText(text);
    }
  }

  private broadcast(name: string, frame: ServerFrame): void {
    const text = JSON.stringify(frame);
    for (const member of this.rooms.get(name)?.members ?? []) member.sendText(text);
  }

  /** One fetch at a time per room; what arrives meanwhile is in its answer, or is found missing by the next message. */
  private catchUp(name: string, room: LocalRoom): void {
    room.catchingUp ??= this.fetchMissed(name, room)
      .catch(this.report)
      .finally(() => {
        room.catchingUp = undefined;
      });
  }

  private async fetchMissed(name: string, room: LocalRoom): Promise<void> {
    const seen = { epoch: room.epoch, offset: room.offset };
    const replay = await this.log.replay(name, seen);
    if (replay.recovered) {
      for (const message of replay.messages) this.deliver(name, room, message);
      return;
    }
    // The log cannot fill the gap, and says so: members are given the history anew instead of a silent hole.
    room.epoch = replay.epoch;
    room.offset = replay.offset;
    for (const member of room.members) member.offsets.set(name, replay.offset);
    this.broadcast(name, { type: 'joined', room: name, ...replay, messages: [...replay.messages] });
  }
}
