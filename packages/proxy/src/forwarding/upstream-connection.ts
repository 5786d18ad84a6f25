import { connect, type Socket } from 'node:net';
import { type Deadlines, NEVER, type Timed } from '../deadlines.js';
import { ChunkScanner } from '../http1/chunk-scanner.js';
import { INCOMPLETE } from '../http1/header-block.js';
import { ResponseHead } from '../http1/response-head.js';
import { isLocalError } from '../local-error.js';
import { surviveFailedWrites } from '../sockets/survive-failed-writes.js';
import type { AnswerSink } from './answer-sink.js';
import type { ConnectionOwner } from './connection-owner.js';
import type { ForwardFailure } from './forward-failure.js';
import { ReadBuffer } from './read-buffer.js';
import { RequestSender } from './request-sender.js';

const IDLE = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNKED = 3;
const UNTIL_CLOSE = 4;
const TUNNEL = 5;
/** The tunnel's client is gone: the bytes it sent are still delivered, the bytes that come back are dropped. */
const FINISHING = 6;
const CLOSED = 7;

/** After the last byte of a tunnel the destination may take this long to close its side. */
const FINISH_MS = 1000;
const head = new ResponseHead(65_536, 200);

/** One connection to a destination: sends one request after the other, reads their answers. */
export class UpstreamConnection implements Timed {
  deadlineMs = NEVER;
  idleSinceMs = 0;
  beganMs = 0;
  served = 0;
  /** The connection must not be used for another request. */
  isRetired = false;
  /** Seconds of idleness the destination announced, or -1. */
  keepAliveSeconds = -1;
  private readonly socket: Socket;
  private readonly sender: RequestSender;
  private sink: AnswerSink | null = null;
  private state = IDLE;
  private readonly buffer = new ReadBuffer();
  private partialHead: Buffer | null = null;
  private remaining = 0;
  private scanner: ChunkScanner | null = null;
  private requestSent = false;
  private answerKeepAlive = true;
  private isConnected = false;
  private hasEnded = false;
  private isPaused = false;

  constructor(
    private readonly owner: ConnectionOwner,
    private readonly deadlines: Deadlines,
  ) {
    this.socket = connect({
      ...owner.address.connect,
      noDelay: true,
      allowHalfOpen: true,
      onread: {
        buffer: () => this.buffer.bytes,
        callback: (length) => {
          this.read(length);
          return true;
        },
      },
    });
    this.sender = new RequestSender(this.socket);
    // A destination may refuse an upload, answer why and close: the answer is read although the upload cannot go on.
    surviveFailedWrites(this.socket, () => {
      this.sender.cannotSend = true;
      this.sink?.upstreamDrained();
    });
    this.socket.on('connect', () => this.onConnect());
    this.socket.on('end', () => this.onEnd());
    this.socket.on('error', (error: NodeJS.ErrnoException) => this.onError(error));
    this.socket.on('close', () => this.onClose());
    this.socket.on('drain', () => this.sink?.upstreamDrained());
    this.socket.resume();
    deadlines.add(this);
  }

  /** Begins a request. Its head is sent with the first bytes of the body, or by `flushRequest`. */
  begin(headText: string, sink: AnswerSink): void {
    this.sink = sink;
    this.state = HEAD;
    this.sender.begin(headText);
    this.requestSent = false;
    this.beganMs = this.deadlines.nowMs;
    this.deadlineMs = this.deadlines.in(
      this.isConnected ? this.owner.timeouts.responseMs : this.owner.timeouts.connectMs,
    );
  }

  /** Sends part of the body, coding included. Keeps `bytes` until they are written. False asks to wait for `upstreamDrained`. */
  sendBody(bytes: Buffer, from: number, to: number): boolean {
    if (this.isConnected && this.state === HEAD) this.deadlineMs = this.deadlines.in(this.owner.timeouts.responseMs);
    return this.sender.send(bytes, from, to);
  }

  flushRequest(): void {
    this.sender.flush();
  }

  /** The request is complete. */
  endRequest(): void {
    this.requestSent = true;
  }

  /** The client is behind. The destination is not to blame for the silence that follows, so its time limit stops. */
  pause(): void {
    if (this.socket.destroyed) return;
    this.isPaused = true;
    this.deadlineMs = NEVER;
    this.socket.pause();
  }

  /** The client took everything it was given. */
  resume(): void {
    this.buffer.takeBack();
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.state >= LENGTH && this.state <= UNTIL_CLOSE) {
      this.deadlineMs = this.deadlines.in(this.owner.timeouts.bodyIdleMs);
    }
    this.socket.resume();
  }

  /** Ends our side of a tunnel. */
  endTunnel(): void {
    this.socket.end();
  }

  /** The client of the tunnel is gone. Delivers the bytes it sent, without telling the sink, then closes. */
  finishTunnel(): void {
    this.sink = null;
    if (this.state !== TUNNEL) {
      this.destroy();
      return;
    }
    this.state = FINISHING;
    this.deadlineMs = this.deadlines.in(this.owner.timeouts.bodyIdleMs);
    this.socket.end(() => {
      if (this.state === FINISHING) this.deadlineMs = this.deadlines.in(FINISH_MS);
    });
    this.socket.resume();
  }

  get awaitsAnswer(): boolean {
    return this.state === HEAD && this.isConnected;
  }

  tellLate(): void {
    this.sink?.destinationIsLate();
  }

  /** Another sink takes the answer of the request in progress. */
  handOver(sink: AnswerSink): void {
    this.sink = sink;
  }

  /** Gives up the request in progress, without telling its sink, and the connection with it. */
  abort(): void {
    this.sink = null;
    this.destroy();
  }

  /** Ends the request in progress and reports the failure to its sink. */
  fail(kind: ForwardFailure['kind'], code?: string): void {
    const { sink } = this;
    if (sink === null) {
      this.destroy();
      return;
    }
    const phase = !this.isConnected ? 'connect' : this.state === HEAD ? 'answer-head' : 'answer-body';
    this.sink = null;
    this.destroy();
    sink.failed({ phase, kind, reused: this.served > 0, code });
  }

  expired(): void {
    this.deadlineMs = NEVER;
    this.fail('timeout');
  }

  private destroy(): void {
    if (this.state === CLOSED) return;
    const whileIdle = this.state === IDLE;
    this.state = CLOSED;
    this.deadlineMs = NEVER;
    this.deadlines.remove(this);
    this.socket.destroy();
    this.owner.closed(this, whileIdle);
  }

  private onConnect(): void {
    this.isConnected = true;
    this.owner.address.used(this.socket);
    if (this.state === HEAD) this.deadlineMs = this.deadlines.in(this.owner.timeouts.responseMs);
    this.sink?.connected();
  }

  private onError(error: NodeJS.ErrnoException): void {
    if (this.isConnected) this.fail('lost');
    else if (isLocalError(error.code)) this.fail('local', error.code);
    else this.fail(error.code === 'ETIMEDOUT' ? 'timeout' : 'refused');
  }

  private onEnd(): void {
    const { sink } = this;
    this.hasEnded = true;
    // The event 'close' follows when the last byte of the client is sent.
    if (this.state === FINISHING) return;
    if (this.state === TUNNEL) {
      sink?.tunnelEnd();
      return;
    }
    if (this.state !== UNTIL_CLOSE || sink === null) {
      this.fail('lost');
      return;
    }
    this.sink = null;
    this.destroy();
    sink.answerEnd();
  }

  private onClose(): void {
    const { sink } = this;
    if (this.state !== TUNNEL || !this.hasEnded || sink === null) {
      this.fail('lost');
      return;
    }
    this.sink = null;
    this.destroy();
    sink.answerEnd();
  }

  private read(length: number): void {
    const { sink } = this;
    // A destination that sends without a request does not get another request on this connection.
    if (sink === null) {
      if (this.state !== FINISHING) this.destroy();
      return;
    }
    this.owner.lastHeardMs = this.deadlines.nowMs;
    this.process(sink, length);
    if (sink.flush()) this.buffer.lend(this.sink === sink);
  }

  private process(sink: AnswerSink, length: number): void {
    let { bytes } = this.buffer;
    let at = 0;
    let to = length;
    let headInThisRead = false;
    while (at < to && this.sink === sink) {
      switch (this.state) {
        case HEAD: {
          if (this.partialHead !== null) {
            bytes = Buffer.concat([this.partialHead, bytes.subarray(at, to)]);
            at = 0;
            to = bytes.length;
            this.partialHead = null;
          }
          const end = head.read(bytes, at, to, sink.answerHasNoBody);
          if (end === INCOMPLETE) {
            this.partialHead = Buffer.from(bytes.subarray(at, to));
            return;
          }
          if (end < 0) {
            this.fail('malformed');
            return;
          }
          at = end;
          headInThisRead = true;
          if (!this.takeHead(sink)) return;
          // Bytes behind the answer would be read as the next answer, so the connection is not used again.
          if (this.answerIsComplete) {
            this.complete(sink, at < to);
            return;
          }
          break;
        }
        case LENGTH: {
          const end = Math.min(to, at + this.remaining);
          this.remaining -= end - at;
          sink.range(bytes, at, end);
          at = end;
          if (this.remaining === 0) {
            this.complete(sink, at < to);
            return;
          }
          break;
        }
        case CHUNKED: {
          const scanner = this.scanner as ChunkScanner;
          const end = scanner.feed(bytes, at, to, sink);
          if (end < 0) {
            // If the head came in this read, the client has got nothing yet and gets a 502 instead.
            if (!headInThisRead) sink.range(bytes, scanner.soundFrom, scanner.soundTo);
            this.fail('malformed');
            return;
          }
          at = end;
          if (scanner.done) {
            this.complete(sink, at < to);
            return;
          }
          break;
        }
        case UNTIL_CLOSE:
          sink.range(bytes, at, to);
          at = to;
          break;
        default:
          sink.tunnelled(bytes, at, to);
          at = to;
      }
    }
    if (this.state >= LENGTH && this.state <= UNTIL_CLOSE && !this.isPaused) {
      this.deadlineMs = this.deadlines.in(this.owner.timeouts.bodyIdleMs);
    }
  }

  private get answerIsComplete(): boolean {
    return this.state === LENGTH && this.remaining === 0;
  }

  /** Acts on a complete head; false when nothing more may be read for this sink. */
  private takeHead(sink: AnswerSink): boolean {
    if (head.status === 101) {
      if (!sink.upgradeAsked || !head.upgrade) {
        this.fail('malformed');
        return false;
      }
      this.state = TUNNEL;
      this.deadlineMs = NEVER;
      sink.upgraded(head);
      return true;
    }
    if (head.status < 200) {
      sink.interim(head);
      return true;
    }
    this.answerKeepAlive = head.keepAlive;
    this.keepAliveSeconds = head.keepAliveSeconds;
    this.deadlineMs = this.deadlines.in(this.owner.timeouts.bodyIdleMs);
    switch (head.body) {
      case 'none':
        this.remaining = 0;
        this.state = LENGTH;
        break;
      case 'length':
        this.remaining = head.contentLength;
        this.state = LENGTH;
        break;
      case 'chunked':
        this.scanner = new ChunkScanner(sink.decodeChunked);
        this.state = CHUNKED;
        break;
      case 'until-close':
        this.state = UNTIL_CLOSE;
        break;
    }
    sink.answerHead(head);
    return true;
  }

  private complete(sink: AnswerSink, surplus: boolean): void {
    this.sink = null;
    this.scanner = null;
    this.buffer.giveAway();
    // The client of this answer may still be behind; the next one is not.
    if (this.isPaused) this.socket.resume();
    this.isPaused = false;
    this.served++;
    this.state = IDLE;
    this.deadlineMs = NEVER;
    if (this.answerKeepAlive && this.requestSent && !this.sender.cannotSend && !surplus) {
      this.idleSinceMs = this.deadlines.nowMs;
      this.owner.reusable(this);
    } else {
      this.destroy();
    }
    sink.answerEnd();
  }
}
