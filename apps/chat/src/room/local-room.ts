import { Coalesced } from '../presence/coalesced.js';
import type { ChatSocket } from '../socket/chat-socket.js';
import type { Position } from './room-log.js';

/** One room as one instance sees it. */
export interface LocalRoom {
  readonly members: Set<ChatSocket>;
  /** Sockets on their way in: the room stays open for them. */
  joining: number;
  /** Settled once Redis has confirmed, or refused, the subscription. */
  readonly subscribed: Promise<void>;
  /** Up to where messages were handed to the members, or are pending for them. */
  position: Position;
  /** Frames of messages that came in this turn of the event loop and are not written yet; the last one leads to `position`. */
  pending: Buffer[];
  /** While missed messages are being fetched, live ones wait behind. */
  catchingUp: boolean;
  /** The last live message that came during a fetch. */
  heard: Position | undefined;
  readonly presence: Coalesced;
  /** Presence was announced, and the members have not been told since. */
  announced: boolean;
  /** The presence frame that all members were given last; undefined when one of them was not. */
  told: string | undefined;
}

export type LocalRooms = Map<string, LocalRoom>;

/** A room without members, of which nothing is known yet. */
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

/** Gives each member what is pending and new to it, in one write. Returns how many messages that were, over all members. */
export function writePending(name: string, room: LocalRoom): number {
  const { pending, position } = room;
  if (pending.length === 0) return 0;
  room.pending = [];
  const all = Buffer.concat(pending);
  const seenBefore = position.offset - pending.length;
  let delivered = 0;
  for (const member of room.members) {
    const seen = member.seen.get(name);
    // Who joined a moment ago was given some of these with the history.
    const known = seen?.epoch === position.epoch ? Math.max(0, seen.offset - seenBefore) : 0;
    if (known >= pending.length) continue;
    member.seen.set(name, position);
    member.sendPrepared(known === 0 ? all : Buffer.concat(pending.slice(known)));
    delivered += pending.length - known;
  }
  return delivered;
}
