import { Coalesced } from '../presence/coalesced.js';
import type { ChatSocket } from '../socket/chat-socket.js';
import type { Position } from './room-log.js';

/** The state of one room on one instance. */
export interface LocalRoom {
  readonly members: Set<ChatSocket>;
  /** The number of sockets that are joining; the subscription stays for them. */
  joining: number;
  /** Settles when Redis has confirmed or refused the subscription. */
  readonly subscribed: Promise<void>;
  /** The last message that was written to the members or is pending. */
  position: Position;
  /** Message frames that are not written yet; the last one is the message at `position`. */
  pending: Buffer[];
  /** Whether missed messages are being fetched. Live messages are then only recorded in `heard`. */
  catchingUp: boolean;
  /** The last live message that came during a fetch. */
  heard: Position | undefined;
  readonly presence: Coalesced;
  /** Whether presence was announced since the last frame to the members. */
  announced: boolean;
  /** The last presence frame, if all members received it; otherwise undefined. */
  told: string | undefined;
}

export type LocalRooms = Map<string, LocalRoom>;

/** A room without members and with an unknown position. */
export function newLocalRoom(subscribed: Promise<void>): LocalRoom {
  return {
    members: new Set(),
    joining: 0,
    subscribed,
    position: { epoch: '', offset: 0 },
    pending: [],
    catchingUp: false,
    heard: undefined,
    presence: new Coalesced(),
    announced: false,
    told: undefined,
  };
}

/** Writes to each member, at once, the pending messages that it has not seen. Returns the number of messages over all members. */
export function writePending(name: string, room: LocalRoom): number {
  const { pending, position } = room;
  if (pending.length === 0) return 0;
  room.pending = [];
  const all = Buffer.concat(pending);
  const seenBefore = position.offset - pending.length;
  let delivered = 0;
  for (const member of room.members) {
    const seen = member.seen.get(name);
    // A member that has just joined received some of these with the history.
    const known = seen?.epoch === position.epoch ? Math.max(0, seen.offset - seenBefore) : 0;
    if (known >= pending.length) continue;
    member.seen.set(name, position);
    member.sendPrepared(known === 0 ? all : Buffer.concat(pending.slice(known)));
    delivered += pending.length - known;
  }
  return delivered;
}
