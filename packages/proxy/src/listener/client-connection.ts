import type { Socket } from 'node:net';
import { type Deadlines, NEVER, type Timed } from '../deadlines.js';
import type { Peer } from '../forwarding/client-address.js';
import { CR, LF } from '../http1/bytes.js';
import type { RangeSink } from '../http1/chunk-scanner.js';
import { INCOMPLETE } from '../http1/header-block.js';
import type { RequestHead } from '../http1/request-head.js';
import type { Client } from '../pipeline/client.js';
import { Exchange } from '../pipeline/exchange.js';
import type { ProxyState } from '../pipeline/proxy-state.js';
import { newRequestId } from '../pipeline/request-ids.js';
import { type ProblemCode, problems, renderProblem } from '../problem.js';
import { surviveFailedWrites } from '../sockets/survive-failed-writes.js';
import { Farewell, type FarewellOptions } from './farewell.js';
import { RequestBody } from './request-body.js';

/** What all client connections of a proxy share. */
export interface ListenerShared {
  readonly state: ProxyState;
  readonly deadlines: Deadlines;
  /** The one reader of heads: its result is used up before the next read. */
  head: RequestHead;
  closed(connection: ClientConnection): void;
}

const AWAIT_HEAD = 0;
const BODY = 1;
const AWAIT_ANSWER = 2;
const TUNNEL = 3;
const LINGER = 4;
const CLOSED = 5;

/** The proxy stops reading a client that has pipelined this much ahead. */
const maxAheadBytes = 65_536;
/** The next pipelined request waits while the client has more than this still to take. */
const maxUnreadBytes = 65_536;
/** A client that ended its side is gone when no answer begins within this. Counted in turns of this process, in case it stood still. */
const HALF_CLOSE_TURNS = 5;
const HALF_CLOSE_TURN_MS = 10;
/** After it was asked to come back elsewhere, the client of a tunnel may take this long to close its side. */
const RESTART_MS = 1000;
/** An answer or tunnel under way goes on after one side ended, unless nothing more comes for this long. */
const HALF_CLOSED_SILENCE_MS = 5000;

/** One client: reads its requests one after the other, hands them to its exchange, writes the answers. */
export class ClientConnection implements Client, Timed, RangeSink {
  deadlineMs: number;
  readonly peer: Peer;
  private readonly exchange: Exchange;
  private state = AWAIT_HEAD;
  /** The first bytes of a head are there, and its time runs. */
  private headBegun = false;
  private ahead: Buffer | null = null;
  private readonly body = new RequestBody();
  private keepGoing = false;
  private waitsForRoom = false;
  private stalledSinceMs = NEVER;
  private tunnelEnds: 'no' | 'half-closed' | 'restarting' = 'no';
  /** The client ended its side: it asks nothing more, but may still read. */
  private halfClosed = false;
  private halfCloseTimer: NodeJS.Timeout | null = null;
  /** Writes to the client fail; what it sent before can still be read. */
  private cannotWrite = false;
  private farewell: Farewell | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly shared: ListenerShared,
  ) {
    this.peer = shared.state.generation.trusted.peer(socket.remoteAddress, socket.localPort ?? 0);
    this.exchange = new Exchange(this, shared.state);
    this.deadlineMs = shared.deadlines.in(this.timeouts.headMs);
    shared.deadlines.add(this);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.onEnd());
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
    socket.on('drain', () => this.onDrain());
  }

  /** Whether it waits for a request and none has begun. */
  get isIdle(): boolean {
    return this.state === AWAIT_HEAD && this.ahead === null;
  }

  private get timeouts() {
    return this.shared.state.generation.config.timeouts;
  }

  // ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

  private receive(chunk: Buffer): void {
    if (this.state === TUNNEL) {
      this.noteTunnelActivity();
      this.exchange.tunnelBytes(chunk);
      return;
    }
    if (this.state === LINGER) this.farewell?.received();
    if (this.state === LINGER || this.state === CLOSED) return;
    let bytes = chunk;
    if (this.ahead !== null) {
      bytes = Buffer.concat([this.ahead, chunk]);
      this.ahead = null;
      // A head becomes complete, or wrong, only with the end of a line: without one there is no need to read it again.
      if (this.state === AWAIT_HEAD && bytes.length < maxAheadBytes && chunk.indexOf(0x0a) < 0) {
        if (bytes.length <= this.shared.state.generation.config.limits.maxRequestLineBytes) {
          this.ahead = bytes;
          return;
        }
      }
    }
    this.consume(bytes);
  }

  private consume(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.state) {
        case AWAIT_HEAD: {
          const end = this.readHead(bytes, at);
          if (end < 0) return;
          at = end;
          break;
        }
        case BODY: {
          const end = this.readBody(bytes, at);
          if (end < 0) return;
          at = end;
          break;
        }
        case AWAIT_ANSWER:
          this.keepAhead(bytes.subarray(at));
          this.exchange.flushRequest();
          return;
        case TUNNEL:
          this.exchange.tunnelBytes(bytes.subarray(at));
          return;
        default:
          return;
      }
    }
    this.exchange.flushRequest();
  }

  /** Returns where the head ends, or -1 when there is nothing more to do with these bytes. */
  private readHead(bytes: Buffer, from: number): number {
    let at = from;
    if (this.socket.writableLength > maxUnreadBytes) {
      this.waitsForRoom = true;
      this.keepAhead(bytes.subarray(at));
      return -1;
    }
    // Empty lines before a request (RFC 9112 section 2.2) do not begin one.
    while (bytes[at] === CR && bytes[at + 1] === LF) at += 2;
    if (at === bytes.length) return at;
    const { head } = this.shared;
    const end = head.read(bytes, at, bytes.length);
    if (end === INCOMPLETE) {
      if (!this.headBegun) this.deadlineMs = this.shared.deadlines.in(this.timeouts.headMs);
      this.headBegun = true;
      this.ahead = at === 0 ? bytes : bytes.subarray(at);
      return -1;
    }
    this.headBegun = false;
    if (end < 0) {
      this.refuseHead(head.fields.fault);
      return -1;
    }
    if (head.body === 'none') {
      this.state = AWAIT_ANSWER;
      this.deadlineMs = NEVER;
    } else {
      this.state = BODY;
      this.body.begin(head);
      this.deadlineMs = this.shared.deadlines.in(this.timeouts.bodyIdleMs);
    }
    this.exchange.begin(head);
    return end;
  }

  /** Returns where these bytes of the body end, or -1 when there is nothing more to do with them. */
  private readBody(bytes: Buffer, at: number): number {
    const end = this.body.feed(bytes, at, this);
    if (end < 0) {
      this.exchange.abandon('bad_chunk');
      return -1;
    }
    if (this.body.unannouncedBytes > this.exchange.maxBodyBytes) {
      this.exchange.abandon('body_too_large');
      return -1;
    }
    if (this.state !== BODY) return end;
    if (this.body.isComplete) {
      this.state = AWAIT_ANSWER;
      this.deadlineMs = NEVER;
      this.exchange.requestEnd();
    } else this.deadlineMs = this.shared.deadlines.in(this.timeouts.bodyIdleMs);
    return end;
  }

  range(bytes: Buffer, from: number, to: number): void {
    this.exchange.requestBody(bytes, from, to);
  }

  private keepAhead(bytes: Buffer): void {
    this.ahead = this.ahead === null ? bytes : Buffer.concat([this.ahead, bytes]);
    if (this.ahead.length > maxAheadBytes) this.socket.pause();
  }

  /** Refuses a head that cannot be read and closes, since nothing says where the next request would begin. */
  private refuseHead(code: ProblemCode): void {
    const { counters } = this.shared.state;
    counters.problems[code] = (counters.problems[code] ?? 0) + 1;
    this.writeText(renderProblem(problems[code], newRequestId(), '', true, false));
    this.linger({ uploading: true });
  }

  // ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

  get holdsBytes(): boolean {
    return this.socket.writableLength > 0 && !this.cannotWrite;
  }

  writeText(text: string): boolean {
    return this.noteWrite(this.socket.write(text, 'latin1'));
  }

  writeBytes(bytes: Buffer): boolean {
    if (this.cannotWrite) return true;
    if (this.state === TUNNEL) this.noteTunnelActivity();
    return this.noteWrite(this.socket.write(bytes));
  }

  writeTextAndBytes(text: string, bytes: Buffer): boolean {
    this.socket.cork();
    this.socket.write(text, 'latin1');
    const ok = this.socket.write(bytes);
    this.socket.uncork();
    return this.noteWrite(ok);
  }

  /** `write` returns false from 16 KB on, even when the kernel took everything. The client is behind only if bytes are left here. */
  private noteWrite(ok: boolean): boolean {
    if (ok || this.socket.writableLength === 0) {
      if (this.halfClosed && this.stalledSinceMs === NEVER) this.deadlineMs = this.restingDeadline();
      return true;
    }
    if (this.stalledSinceMs === NEVER) {
      this.stalledSinceMs = this.shared.deadlines.nowMs;
      const stallMs = this.shared.deadlines.in(this.timeouts.writeStallMs);
      const readsToo = this.state === BODY || this.state === AWAIT_HEAD;
      this.deadlineMs = readsToo ? Math.min(this.deadlineMs, stallMs) : stallMs;
    }
    return false;
  }

  private onDrain(): void {
    if (this.stalledSinceMs !== NEVER) {
      this.stalledSinceMs = NEVER;
      this.deadlineMs = this.restingDeadline();
    }
    this.exchange.clientDrained();
    if (this.waitsForRoom && this.state === AWAIT_HEAD) {
      this.waitsForRoom = false;
      this.continueAhead();
    }
  }

  /** How long the connection may stay as it is while the client takes what it is given. */
  private restingDeadline(): number {
    const { deadlines } = this.shared;
    switch (this.state) {
      case AWAIT_HEAD:
        return deadlines.in(this.headBegun ? this.timeouts.headMs : this.timeouts.keepAliveMs);
      case BODY:
        return deadlines.in(this.timeouts.bodyIdleMs);
      case AWAIT_ANSWER:
        return this.halfClosed ? deadlines.in(HALF_CLOSED_SILENCE_MS) : NEVER;
      case TUNNEL:
        if (this.tunnelEnds === 'no') return deadlines.in(this.timeouts.tunnelIdleMs);
        return deadlines.in(this.tunnelEnds === 'restarting' ? RESTART_MS : HALF_CLOSED_SILENCE_MS);
      default:
        return NEVER;
    }
  }

  pauseBody(): void {
    this.socket.pause();
  }

  resumeBody(): void {
    if (this.ahead === null || this.ahead.length <= maxAheadBytes) this.socket.resume();
  }

  // ── from one request to the next ──────────────────────────────────────────────────────────────────────────────

  exchangeDone(close: boolean): void {
    if (this.state === CLOSED) return;
    if (this.halfCloseTimer !== null) clearTimeout(this.halfCloseTimer);
    this.halfCloseTimer = null;
    const nothingAsked = this.ahead === null && (this.halfClosed || this.shared.state.closing);
    if (close || nothingAsked || this.state !== AWAIT_ANSWER) {
      this.linger({ uploading: this.state === BODY });
      return;
    }
    this.state = AWAIT_HEAD;
    // A client that still takes the end of the answer has its own deadline.
    if (this.stalledSinceMs === NEVER) this.deadlineMs = this.shared.deadlines.in(this.timeouts.keepAliveMs);
    if (this.ahead !== null) this.continueAhead();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  /** Reads on in bytes that came early, in a loop: answers made at once would recurse, once for each pipelined request. */
  private continueAhead(): void {
    if (this.keepGoing) return;
    this.keepGoing = true;
    while (this.state === AWAIT_HEAD && this.ahead !== null && !this.headBegun && !this.waitsForRoom) {
      const bytes = this.ahead;
      this.ahead = null;
      this.consume(bytes);
    }
    this.keepGoing = false;
    if (this.halfClosed) this.afterClientEnded();
    else if (this.ahead === null || this.ahead.length <= maxAheadBytes) this.socket.resume();
  }

  private linger(options: FarewellOptions = {}): void {
    if (this.state === CLOSED || this.state === LINGER) return;
    this.state = LINGER;
    this.ahead = null;
    const { socket, shared, timeouts } = this;
    shared.deadlines.remove(this);
    this.farewell = new Farewell(socket, shared.deadlines, options, timeouts.writeStallMs, () => this.destroy());
  }

  breakOff(reset: boolean): void {
    this.linger({ uploading: this.state === BODY, reset });
  }

  beginTunnel(): void {
    this.state = TUNNEL;
    surviveFailedWrites(this.socket, () => {
      this.cannotWrite = true;
      this.stalledSinceMs = NEVER;
      this.deadlineMs = this.restingDeadline();
      this.exchange.clientDrained();
    });
    this.noteTunnelActivity();
    const { ahead } = this;
    this.ahead = null;
    if (ahead !== null) this.exchange.tunnelBytes(ahead);
  }

  endTunnel(): void {
    this.socket.end();
    this.awaitOtherEnd();
  }

  awaitRestart(): void {
    this.tunnelEnds = 'restarting';
    if (this.stalledSinceMs === NEVER) this.deadlineMs = this.restingDeadline();
  }

  private awaitOtherEnd(): void {
    if (this.tunnelEnds === 'no') this.tunnelEnds = 'half-closed';
    this.noteTunnelActivity();
  }

  private noteTunnelActivity(): void {
    if (this.tunnelEnds === 'restarting' || this.stalledSinceMs !== NEVER) return;
    this.deadlineMs = this.restingDeadline();
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Closes the connection if it is idle; a busy one gets `Connection: close` with its answer. */
  closeIfIdle(): void {
    if (this.isIdle) this.linger();
  }

  destroy(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    if (this.halfCloseTimer !== null) clearTimeout(this.halfCloseTimer);
    this.shared.deadlines.remove(this);
    this.farewell?.stop();
    this.exchange.clientGone();
    this.socket.destroy();
    this.shared.closed(this);
  }

  private onEnd(): void {
    this.halfClosed = true;
    if (this.state === TUNNEL) {
      this.exchange.clientEndedTunnel();
      this.awaitOtherEnd();
    } else if (this.state === LINGER) this.farewell?.ended();
    else this.afterClientEnded();
  }

  /** The client sends nothing more: a complete request is still answered if the answer begins soon, an incomplete one is not. */
  private afterClientEnded(): void {
    if (this.state === AWAIT_HEAD && this.waitsForRoom) return;
    if (this.state === AWAIT_ANSWER) {
      this.halfCloseTimer ??= setTimeout(() => this.giveUpUnlessAnswering(1), HALF_CLOSE_TURN_MS);
    } else if (this.state === AWAIT_HEAD || this.state === BODY) {
      this.exchange.clientGone();
      this.linger();
    }
  }

  private giveUpUnlessAnswering(turn: number): void {
    if (this.state !== AWAIT_ANSWER) return;
    if (turn < HALF_CLOSE_TURNS) {
      this.halfCloseTimer = setTimeout(() => this.giveUpUnlessAnswering(turn + 1), HALF_CLOSE_TURN_MS);
      return;
    }
    if (this.exchange.isAnswering) {
      if (this.stalledSinceMs === NEVER) this.deadlineMs = this.restingDeadline();
      return;
    }
    this.exchange.clientGone();
    this.linger();
  }

  expired(): void {
    this.deadlineMs = NEVER;
    const inBody = this.state === BODY;
    // Of a head that has begun nothing may be left, after an empty line in two parts.
    if (this.stalledSinceMs !== NEVER || (!inBody && (!this.headBegun || this.ahead === null))) {
      this.destroy();
      return;
    }
    if (inBody) {
      this.exchange.abandon('request_timeout');
      return;
    }
    this.headBegun = false;
    this.refuseHead('request_timeout');
  }
}
