import type { ChatMessage } from '@holdfast/contracts';
import type { EventOf } from '@holdfast/events';

export interface NewMessage {
  readonly userId: string;
  readonly from: string;
  readonly text: string;
  /** Chosen by the client; the same one from the same user within `recognisedSeconds` is the same message. */
  readonly clientId: string;
  /** Default: ten minutes. */
  readonly recognisedSeconds?: number;
  /** The event for other services; written once, and only if the message is new. */
  readonly posted?: EventOf<'message.posted'>;
}

/** The last message that a reader has seen. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export interface Replay {
  readonly epoch: string;
  /** The newest offset of the room; 0 for an empty one. */
  readonly offset: number;
  /** True: `messages` are exactly the ones after the position. False: recent history, possibly with a hole before it. */
  readonly recovered: boolean;
  readonly messages: readonly ChatMessage[];
  /** Whether messages older than these are kept. */
  readonly more: boolean;
  /** With `recovered: false`: the hole between the position and `messages`, where all of it is still kept. */
  readonly missing?: { readonly after: number; readonly before: number };
}

/** Where a page of history ends. */
export interface PageBounds {
  readonly before?: number | undefined;
  /** Most messages. Default 1000. */
  readonly limit?: number | undefined;
}

export interface History {
  readonly epoch: string;
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  /** Whether the page was cut at its limit, or at 256 KB of text. */
  readonly more: boolean;
}

/**
 * The messages of every room, in order. Within one epoch offsets are 1, 2, 3, … without a hole; a new epoch begins when the log
 * has lost messages that readers have seen. Methods reject when the store is unavailable. A rejected append may still have
 * happened: append again with the same `clientId`.
 */
export interface RoomLog {
  /** Appends and publishes at once. Sending the same `clientId` again returns the first one's offset. */
  append(room: string, message: NewMessage): Promise<{ readonly offset: number }>;
  /** The messages after a position. Without a position, or when they are too many or some are gone, the newest messages. */
  replay(room: string, after?: Position): Promise<Replay>;
  /**
   * A page of the messages that are kept. With `after` alone the page goes forward from that offset. Otherwise it goes back from
   * `before`, or from the newest message, and not beyond `after`.
   */
  history(room: string, after?: number, bounds?: PageBounds): Promise<History>;
}
