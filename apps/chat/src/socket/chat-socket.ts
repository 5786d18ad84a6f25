import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { chatCloseCodes, type ServerFrame } from '@holdfast/contracts';
import type { Authenticated } from '@holdfast/session';
import type { WebSocket } from 'ws';
import type { ChatCounts } from '../chat-counts.js';
import type { Position } from '../room/room-log.js';
import { MessageRate } from './message-rate.js';

/** A reader that has this much unread is dropped: it reconnects and recovers, and our memory stays bounded. */
const mostUnreadBytes = 1_048_576;
/** A client that does not answer the closing handshake for this long is cut off. */
const closeGraceMs = 5_000;

/** What an error names of the frame it answers. */
export interface FrameSubject {
  readonly room?: string;
  readonly clientId?: string;
}

/** One logged-in user's connection. */
export class ChatSocket {
  /** Unique over all instances. */
  readonly seat = randomUUID();
  /** Up to where this socket was given messages, by room it has joined. */
  readonly seen = new Map<string, Position>();
  /** Rooms it asked to join, whether it is in them yet or not. */
  readonly asked = new Set<string>();
  private missedPings = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    readonly session: Authenticated,
    private readonly rate: MessageRate,
    private readonly counts: ChatCounts,
    /** What `socket` writes to. Without compression it writes each frame at once, so that ours never come in between. */
    private readonly wire: Writable,
  ) {
    socket.on('pong', () => {
      this.missedPings = 0;
    });
  }

  get name(): string {
    return this.session.user.name;
  }

  send(frame: ServerFrame): void {
    if (this.canTakeMore()) this.socket.send(JSON.stringify(frame));
  }

  /** For a frame that goes to many sockets: made once with `textFrame`, and written as it is. */
  sendPrepared(frame: Buffer): void {
    if (this.canTakeMore()) this.wire.write(frame);
  }

  private canTakeMore(): boolean {
    if (!this.isOpen) return false;
    if (this.socket.bufferedAmount <= mostUnreadBytes) return true;
    this.drop();
    return false;
  }

  private get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /**
   * Does what a frame asks after what the frames before it asked, so that one may say something right after `join` without
   * waiting. Work whose turn comes when the socket is closing is left undone. `work` must not reject.
   */
  inTurn(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(() => (this.isOpen ? work() : undefined));
    return this.last;
  }

  /**
   * Counts an incoming frame. When the user has sent too many, answers it with an error, closes with 1008 and returns false. A
   * socket we have begun to close may do nothing more, whether its client takes part in the closing or not.
   */
  admit(about: FrameSubject = {}): boolean {
    if (!this.isOpen) return false;
    if (this.rate.admit()) return true;
    const retryAfterMs = this.rate.leftMs;
    const detail = `Too many messages: wait ${Math.ceil(retryAfterMs / 1000)} s.`;
    this.send({ type: 'error', code: 'throttled', detail, retryAfterMs, ...about });
    this.close(chatCloseCodes.throttled, 'too many messages');
    return false;
  }

  /** Asks for a sign of life; drops the socket after two without one. */
  ping(): void {
    if (this.missedPings >= 2) {
      this.drop();
    } else {
      this.missedPings++;
      this.socket.ping();
    }
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    const timer = setTimeout(() => this.socket.terminate(), closeGraceMs).unref();
    this.socket.once('close', () => clearTimeout(timer));
  }

  private drop(): void {
    this.counts.dropped++;
    this.socket.terminate();
  }

  terminate(): void {
    this.socket.terminate();
  }
}
