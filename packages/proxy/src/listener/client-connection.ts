import type { Socket } from 'node:net';
import { type Deadlines, NEVER } from '../deadlines.js';
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
import { AnswerGrace } from './answer-grace.js';
import { AWAIT_ANSWER, AWAIT_HEAD, BODY, CLOSED, ClientPace, LINGER, TUNNEL } from './client-pace.js';
import { Farewell, type FarewellOptions, UPLOAD_LINGER_MS } from './farewell.js';
import { RequestBody } from './request-body.js';

/** The state that all client connections of a proxy share. */
export interface ListenerShared {
  readonly state: ProxyState;
  readonly deadlines: Deadlines;
  /** The one reader of heads: its result is used up before the next read. */
  head: RequestHead;
  closed(connection: ClientConnection): void;
}

/** The proxy stops reading a client that has pipelined this much ahead. */
const MAX_AHEAD_BYTES = 65_536;
/** The next pipelined request waits while the client has more than this still to take. */
const MAX_UNREAD_BYTES = 65_536;

/** One client: reads its requests one after the other, hands them to its exchange, writes the answers. */
export class ClientConnection extends ClientPace implements Client, RangeSink {
  readonly peer: Peer;
  private readonly exchange: Exchange;
  private ahead: Buffer | null = null;
  private readonly body = new RequestBody();
  private keepGoing = false;
  private waitsForRoom = false;
  private answerGrace: AnswerGrace | null = null;
  private farewell: Farewell | null = null;

  constructor(
    socket: Socket,
    private readonly shared: ListenerShared,
  ) {
    super(socket, shared.deadlines, shared.state);
    this.peer = shared.state.generation.trusted.peer(socket.remoteAddress, socket.localPort ?? 0);
    this.exchange = new Exchange(this, shared.state);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.onEnd());
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
    socket.on('drain', () => this.onDrain());
  }

  /** Whether no request is under way that still needs an answer. */
  get isIdle(): boolean {
    return (this.state === AWAIT_HEAD && this.ahead === null) || this.dropsBody;
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
      // A head becomes complete, or wrong, only at the end of a line. Without an end of line it need not be read again.
      if (this.state === AWAIT_HEAD && bytes.length < MAX_AHEAD_BYTES && chunk.indexOf(0x0a) < 0) {
        if (bytes.length <= this.proxy.generation.config.limits.maxRequestLineBytes) {
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
    if (this.socket.writableLength > MAX_UNREAD_BYTES) {
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
      if (!this.headBegun) this.deadlineMs = this.deadlines.in(this.timeouts.headMs);
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
      this.deadlineMs = this.deadlines.in(this.timeouts.bodyIdleMs);
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
    if (!this.body.isComplete) this.deadlineMs = this.bodyDeadline();
    else if (this.dropsBody) {
      this.dropsUntilMs = NEVER;
      this.awaitHead();
    } else {
      this.state = AWAIT_ANSWER;
      this.deadlineMs = NEVER;
      this.exchange.requestEnd();
    }
    return end;
  }

  range(bytes: Buffer, from: number, to: number): void {
    this.exchange.requestBody(bytes, from, to);
  }

  private keepAhead(bytes: Buffer): void {
    this.ahead = this.ahead === null ? bytes : Buffer.concat([this.ahead, bytes]);
    if (this.ahead.length > MAX_AHEAD_BYTES) this.socket.pause();
  }

  /** Refuses a head that cannot be read and closes, since nothing says where the next request would begin. */
  private refuseHead(code: ProblemCode): void {
    const { counters } = this.proxy;
    counters.problems[code] = (counters.problems[code] ?? 0) + 1;
    this.writeText(renderProblem(problems[code], newRequestId(), '', true, false));
    this.linger({ uploading: true });
  }

  private onDrain(): void {
    this.noteDrained();
    this.exchange.clientDrained();
    if (this.waitsForRoom && this.state === AWAIT_HEAD) {
      this.waitsForRoom = false;
      this.continueAhead();
    }
  }

  pauseBody(): void {
    this.socket.pause();
  }

  resumeBody(): void {
    if (this.ahead === null || this.ahead.length <= MAX_AHEAD_BYTES) this.socket.resume();
  }

  // ── from one request to the next ──────────────────────────────────────────────────────────────────────────────

  exchangeDone(close: boolean): void {
    if (this.state === CLOSED) return;
    this.answerGrace?.stop();
    this.answerGrace = null;
    const nothingAsked = this.ahead === null && (this.halfClosed || this.proxy.closing);
    if (close || nothingAsked || (this.state !== AWAIT_ANSWER && this.state !== BODY)) {
      this.linger({ uploading: this.state === BODY });
      return;
    }
    if (this.state === BODY) this.dropBody();
    else this.awaitHead();
    if (this.ahead !== null) this.continueAhead();
    else if (this.socket.isPaused()) this.socket.resume();
  }

  private awaitHead(): void {
    this.state = AWAIT_HEAD;
    this.rest();
  }

  /** The destination answered without the whole body. The next request comes after the rest of that body. */
  private dropBody(): void {
    this.dropsUntilMs = this.deadlines.in(UPLOAD_LINGER_MS);
    this.rest();
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
    else if (this.ahead === null || this.ahead.length <= MAX_AHEAD_BYTES) this.socket.resume();
  }

  private linger(options: FarewellOptions = {}): void {
    if (this.state === CLOSED || this.state === LINGER) return;
    this.state = LINGER;
    this.ahead = null;
    const { socket, deadlines, timeouts } = this;
    deadlines.remove(this);
    this.farewell = new Farewell(socket, deadlines, options, timeouts.writeStallMs, () => this.destroy());
  }

  breakOff(reset: boolean): void {
    this.linger({ uploading: this.state === BODY, reset });
  }

  beginTunnel(): void {
    this.state = TUNNEL;
    surviveFailedWrites(this.socket, () => {
      this.noteFailedWrite();
      this.exchange.clientDrained();
    });
    this.noteTunnelActivity();
    const { ahead } = this;
    this.ahead = null;
    if (ahead !== null) this.exchange.tunnelBytes(ahead);
    // Its end came before the answer to the upgrade; the destination has not been told, and nothing else would end the tunnel.
    if (this.halfClosed) {
      this.exchange.clientEndedTunnel();
      this.awaitOtherEnd();
    }
  }

  endTunnel(): void {
    this.socket.end();
    this.awaitOtherEnd();
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Closes the connection if it is idle; a busy one gets `Connection: close` with its answer. */
  closeIfIdle(): void {
    if (this.isIdle) this.linger();
  }

  destroy(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.answerGrace?.stop();
    this.deadlines.remove(this);
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
      this.answerGrace ??= new AnswerGrace(() => this.giveUpUnlessAnswering());
    } else if (this.state === AWAIT_HEAD || this.state === BODY) {
      this.exchange.clientGone();
      this.linger();
    }
  }

  private giveUpUnlessAnswering(): void {
    if (this.state !== AWAIT_ANSWER) return;
    if (this.exchange.isAnswering) {
      this.rest();
      return;
    }
    this.exchange.clientGone();
    this.linger();
  }

  /** Ends the request. The bytes written for the client are kept until the farewell is over. */
  private giveUp(): void {
    const reset = this.exchange.breaksWithReset;
    this.exchange.clientGone();
    this.linger({ uploading: this.state === BODY, reset });
  }

  expired(): void {
    this.deadlineMs = NEVER;
    const inBody = this.state === BODY;
    // A head that has begun can be empty again, after an empty line in two parts.
    if (this.stalledSinceMs !== NEVER || this.state === AWAIT_ANSWER) {
      this.giveUp();
      return;
    }
    if (!inBody && (!this.headBegun || this.ahead === null)) {
      this.destroy();
      return;
    }
    if (this.dropsBody) {
      this.linger();
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
