import type { ListeningConnection } from '../redis/redis-port.js';
import type { InvalidationEvents, Invalidations } from './invalidations.js';

const CHANNEL = '__redis__:invalidate';
const REARM_MS = 500;
/** A connection is made anew when a heartbeat is not answered within the time of this many heartbeats, and at least a second. */
const MISSED_HEARTBEATS = 8;
const MIN_DEADLINE_MS = 1000;

/**
 * A connection to one Redis server that hears of every change to keys with a prefix (CLIENT TRACKING in broadcast mode,
 * redirected to itself, as RESP2 needs).
 *
 * A heartbeat proves the connection alive. Redis announces a change before it answers a PING that arrives later, on the
 * same connection, so an answered PING confirms every change made before the PING was sent.
 */
export class TrackingConnection implements Invalidations {
  private lastConfirmedAtMs = Number.NEGATIVE_INFINITY;
  private armed = false;
  private closed = false;
  private heartbeat: NodeJS.Timeout | undefined;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: ListeningConnection,
    private readonly prefix: string,
    private readonly heartbeatMs: number,
    private readonly events: InvalidationEvents,
  ) {
    connection.onLost(() => this.disarm());
    connection.onReady(() => void this.arm());
  }

  get confirmedAtMs(): number {
    return this.lastConfirmedAtMs;
  }

  get inDoubt(): boolean {
    return !this.armed;
  }

  close(): void {
    this.closed = true;
    this.disarm();
    this.connection.close();
  }

  private async arm(): Promise<void> {
    this.expectAnswer();
    try {
      const id = String(await this.connection.send('CLIENT', 'ID'));
      await this.connection.send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', this.prefix);
      await this.connection.subscribe(CHANNEL, (keys) => {
        this.events.onInvalidated(Array.isArray(keys) ? keys : null);
      });
    } catch {
      this.stopExpecting();
      if (this.closed) return;
      // This connection cannot be trusted. It starts over, but not at once, since Redis may not allow tracking at all.
      this.heartbeat = setTimeout(() => this.connection.reconnect(), REARM_MS);
      this.heartbeat.unref();
      return;
    }
    // Sessions cached before this may have changed unheard.
    this.events.onInvalidated(null);
    this.armed = true;
    this.beat();
  }

  private beat(): void {
    clearTimeout(this.heartbeat);
    this.expectAnswer();
    const sentAt = Date.now();
    this.connection.send('PING').then(
      () => {
        if (!this.armed) return;
        this.stopExpecting();
        this.lastConfirmedAtMs = sentAt;
        this.heartbeat = setTimeout(() => this.beat(), this.heartbeatMs);
        this.heartbeat.unref();
      },
      // The connection closes, and `close` follows.
      () => undefined,
    );
  }

  /** The connection ends when Redis has not answered by the deadline: it may be half open, which nothing else would tell. */
  private expectAnswer(): void {
    this.stopExpecting();
    const deadlineMs = Math.max(this.heartbeatMs * MISSED_HEARTBEATS, MIN_DEADLINE_MS);
    const deadline = setTimeout(() => {
      // If this process was slow itself, the answer already waits in the socket: it is read before judging.
      setImmediate(() => {
        if (this.deadline === deadline) this.connection.reconnect();
      });
    }, deadlineMs);
    this.deadline = deadline.unref();
  }

  private stopExpecting(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private disarm(): void {
    clearTimeout(this.heartbeat);
    this.stopExpecting();
    if (!this.armed) return;
    this.armed = false;
    this.events.onDoubt();
  }
}
