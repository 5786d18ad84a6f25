import { Deadlines } from '../deadlines.js';
import type { ConnectAddress, ConnectionOwner, UpstreamTimeouts } from './connection-owner.js';
import { UpstreamConnection } from './upstream-connection.js';

const MAX_IDLE = 512;
const DEFAULT_KEEP_ALIVE_MS = 55_000;
/** After a restart of the destination, idle connections are trusted again within seconds. */
const SURVIVAL_RECOVERY_PER_TICK_MS = 5;

/**
 * The connections to one destination. A request takes the one that was used last, so the others grow old and are closed. It respects
 * the idle time the destination announces (`Keep-Alive: timeout`). When the destination closed connections earlier than that,
 * requests that cannot be sent twice go on younger or fresh connections for a while.
 */
export class ConnectionPool implements ConnectionOwner {
  private readonly idle: UpstreamConnection[] = [];
  private readonly all = new Set<UpstreamConnection>();
  private keepAliveMs = DEFAULT_KEEP_ALIVE_MS;
  /** Idle connections have lately survived at least this long; recovers with time. */
  private survivalMs = DEFAULT_KEEP_ALIVE_MS;
  private isClosed = false;
  lastHeardMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly address: ConnectAddress,
    readonly timeouts: UpstreamTimeouts,
    private readonly deadlines: Deadlines,
  ) {}

  /** A kept connection, or a new one. `careful`: the request cannot be sent twice, so it gets a connection that is surely open. */
  acquire(careful: boolean): UpstreamConnection {
    const kept = this.idle.at(-1);
    if (kept !== undefined) {
      if (!careful || this.isSurelyOpen(kept)) {
        this.idle.pop();
        return kept;
      }
    }
    return this.fresh();
  }

  fresh(): UpstreamConnection {
    const connection = new UpstreamConnection(this, this.deadlines);
    this.all.add(connection);
    return connection;
  }

  reusable(connection: UpstreamConnection): void {
    if (connection.keepAliveSeconds >= 0) {
      this.keepAliveMs = Math.min(this.keepAliveMs, Math.max(0, connection.keepAliveSeconds * 1000 - 1000));
    }
    if (this.isClosed || connection.isRetired || this.idle.length >= MAX_IDLE) connection.abort();
    else this.idle.push(connection);
  }

  closed(connection: UpstreamConnection, whileIdle: boolean): void {
    this.all.delete(connection);
    if (!whileIdle) return;
    const at = this.idle.lastIndexOf(connection);
    if (at < 0) return;
    this.idle.splice(at, 1);
    if (this.isClosed) return;
    this.survivalMs = Math.min(this.survivalMs, this.deadlines.nowMs - connection.idleSinceMs);
  }

  private isSurelyOpen(connection: UpstreamConnection): boolean {
    const idleMs = this.deadlines.nowMs - connection.idleSinceMs;
    // The clock is one tick coarse: a survival below two ticks says nothing safe about any idle time.
    return idleMs + Deadlines.tickMs <= Math.min(this.keepAliveMs, this.survivalMs) / 2;
  }

  /** Closes connections that were idle for too long. The oldest are at the front. */
  tick(nowMs: number): void {
    this.survivalMs = Math.min(DEFAULT_KEEP_ALIVE_MS, this.survivalMs + SURVIVAL_RECOVERY_PER_TICK_MS);
    const limit = nowMs - this.keepAliveMs;
    while ((this.idle[0]?.idleSinceMs ?? Number.POSITIVE_INFINITY) < limit) this.idle.shift()?.abort();
  }

  /** Whether a request has waited this long while the destination sent nothing at all. */
  isSilent(forMs: number): boolean {
    const limit = this.deadlines.nowMs - forMs;
    if (this.lastHeardMs > limit) return false;
    for (const connection of this.all) if (connection.awaitsAnswer && connection.beganMs < limit) return true;
    return false;
  }

  /** The destination is slow or down: tells every request that still waits for its answer. */
  tellWaiting(): void {
    for (const connection of [...this.all]) if (connection.awaitsAnswer) connection.tellLate();
  }

  /** The address is no longer the destination's: closes idle connections now and the others after their answer. */
  retire(): void {
    for (const connection of this.all) connection.isRetired = true;
    for (const connection of this.idle.splice(0)) connection.abort();
  }

  /** Closes idle connections now and the others after their answer. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.splice(0)) connection.abort();
  }
}
