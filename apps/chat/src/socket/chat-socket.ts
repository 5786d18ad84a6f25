import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { chatCloseCodes, type ServerFrame } from '@holdfast/contracts';
import type { Authenticated } from '@holdfast/session';
import type { WebSocket } from 'ws';
import type { ChatCounts } from '../chat-counts.js';
import type { Position } from '../room/room-log.js';
import { MessageRate } from './message-rate.js';

/** A socket with more unread bytes than this is dropped, which bounds our memory. Its client reconnects and recovers. */
const MOST_UNREAD_BYTES = 1_048_576;
/** How long a client may take to answer the closing handshake before the connection is cut. */
const CLOSE_GRACE_MS = 5_000;

/** The names that an error repeats from the frame it answers. */
export interface FrameSubject {
  readonly room?: string;
  readonly clientId?: string;
}

/** One logged-in user's connection. */
export class ChatSocket {
  /** Unique over all instances. */
  readonly seat = randomUUID();
  /** The last message sent to this socket, by joined room. */
  readonly seen = new Map<string, Position>();
  /** Rooms it has joined or has asked to join. */
  readonly asked = new Set<string>();
  private missedPings = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    readonly session: Authenticated,
    private readonly rate: MessageRate,
    private readonly counts: ChatCounts,
    /** The stream under `socket`. Without compression `ws` writes each frame whole, so ours never land inside one. */
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

  /** Writes bytes that `textFrame` made once for many sockets. */
  sendPrepared(frame: Buffer): void {
    if (this.canTakeMore()) this.wire.write(frame);
  }

  private canTakeMore(): boolean {
    if (!this.isOpen) return false;
    if (this.socket.bufferedAmount <= MOST_UNREAD_BYTES) return true;
    this.drop();
    return false;
  }

  private get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /**
   * Runs the work of a frame after the work of earlier frames, so that a client may send right after `join` without waiting. Work
   * whose turn comes while the socket closes does not run. `work` must not reject.
   */
  inTurn(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(() => (this.isOpen ? work() : undefined));
    return this.last;
  }

  /**
   * Counts an incoming frame. When the user has sent too many, answers it with an error, closes with 1008 and returns false. Also
   * returns false once the server has begun to close the socket, even if the client does not answer the closing handshake.
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

  /** Sends a ping; drops the socket when the last two were not answered. */
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
    const timer = setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS).unref();
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
