import type { Socket } from 'node:net';
import { type Deadlines, NEVER, type Timed } from '../deadlines.js';
import type { ProxyState } from '../pipeline/proxy-state.js';
import { UPLOAD_SILENCE_MS } from './farewell.js';

export const AWAIT_HEAD = 0;
export const BODY = 1;
export const AWAIT_ANSWER = 2;
export const TUNNEL = 3;
export const LINGER = 4;
export const CLOSED = 5;

/** The client of a tunnel may take this long to close its side after it was asked to come back elsewhere. */
const RESTART_MS = 1000;
/** An answer or tunnel under way goes on after one side ended, until nothing more comes for this long. */
const HALF_CLOSED_SILENCE_MS = 5000;

/** The writes to one client, and the deadline of its connection, which depends on its state and on how fast the client takes its bytes. */
export abstract class ClientPace implements Timed {
  deadlineMs: number;
  protected state = AWAIT_HEAD;
  /** The first bytes of a head are there, and its time runs. */
  protected headBegun = false;
  /** The answer ended before the body. The rest of the body is dropped until this time. */
  protected dropsUntilMs = NEVER;
  protected stalledSinceMs = NEVER;
  /** The client ended its side. It sends no more requests, but may still read. */
  protected halfClosed = false;
  private tunnelEnds: 'no' | 'half-closed' | 'restarting' = 'no';
  /** Writes to the client fail. The bytes it sent before can still be read. */
  private cannotWrite = false;

  constructor(
    protected readonly socket: Socket,
    protected readonly deadlines: Deadlines,
    protected readonly proxy: ProxyState,
  ) {
    this.deadlineMs = deadlines.in(this.timeouts.headMs);
    deadlines.add(this);
  }

  abstract expired(): void;

  protected get dropsBody(): boolean {
    return this.dropsUntilMs !== NEVER;
  }

  protected get timeouts() {
    return this.proxy.generation.config.timeouts;
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
      if (this.halfClosed) this.rest();
      return true;
    }
    if (this.stalledSinceMs === NEVER) {
      this.stalledSinceMs = this.deadlines.nowMs;
      const stallMs = this.deadlines.in(this.timeouts.writeStallMs);
      const readsToo = this.state === BODY || this.state === AWAIT_HEAD;
      this.deadlineMs = readsToo ? Math.min(this.deadlineMs, stallMs) : stallMs;
    }
    return false;
  }

  /** The client took everything it was given. */
  protected noteDrained(): void {
    if (this.stalledSinceMs === NEVER) return;
    this.stalledSinceMs = NEVER;
    this.rest();
  }

  protected noteFailedWrite(): void {
    this.cannotWrite = true;
    this.stalledSinceMs = NEVER;
    this.rest();
  }

  // ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Sets the deadline of the state the connection is in. A client that is behind with its bytes keeps the one it has. */
  protected rest(): void {
    if (this.stalledSinceMs === NEVER) this.deadlineMs = this.restingDeadline();
  }

  private restingDeadline(): number {
    const { deadlines } = this;
    switch (this.state) {
      case AWAIT_HEAD:
        return deadlines.in(this.headBegun ? this.timeouts.headMs : this.timeouts.keepAliveMs);
      case BODY:
        return this.bodyDeadline();
      case AWAIT_ANSWER:
        return this.halfClosed ? deadlines.in(HALF_CLOSED_SILENCE_MS) : NEVER;
      case TUNNEL:
        if (this.tunnelEnds === 'no') return deadlines.in(this.timeouts.tunnelIdleMs);
        return deadlines.in(this.tunnelEnds === 'restarting' ? RESTART_MS : HALF_CLOSED_SILENCE_MS);
      default:
        return NEVER;
    }
  }

  /** The deadline for the next part of the body. */
  protected bodyDeadline(): number {
    if (!this.dropsBody) return this.deadlines.in(this.timeouts.bodyIdleMs);
    return Math.min(this.dropsUntilMs, this.deadlines.in(UPLOAD_SILENCE_MS));
  }

  protected noteTunnelActivity(): void {
    if (this.tunnelEnds !== 'restarting') this.rest();
  }

  /** One side of the tunnel has ended. */
  protected awaitOtherEnd(): void {
    if (this.tunnelEnds === 'no') this.tunnelEnds = 'half-closed';
    this.noteTunnelActivity();
  }

  awaitRestart(): void {
    this.tunnelEnds = 'restarting';
    this.rest();
  }
}
