import type { ListeningConnection } from '../redis/redis-port.js';
import type { InvalidationEvents, Invalidations } from './invalidations.js';

const CHANNEL = '__redis__:invalidate';
const REARM_MS = 500;

/**
 * A connection to one Redis server that hears of every change to keys with a prefix (CLIENT TRACKING in broadcast mode,
 * redirected to itself, as RESP2 needs).
 *
 * A heartbeat proves the connection alive. Redis announces a change before it answers a PING that arrives later, on the
 * same connection, so an answered PING confirms every change made before the PING was sent.
 */
export class TrackingConnection implements Invalidations {
  #confirmedAtMs = Number.NEGATIVE_INFINITY;
  #armed = false;
  #closed = false;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: ListeningConnection,
    private readonly prefix: string,
    private readonly heartbeatMs: number,
    private readonly events: InvalidationEvents,
  ) {
    connection.onLost(() => this.#disarm());
    connection.onReady(() => void this.#arm());
  }

  get confirmedAtMs(): number {
    return this.#confirmedAtMs;
  }

  get inDoubt(): boolean {
    return !this.#armed;
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
    this.connection.close();
  }

  async #arm(): Promise<void> {
    try {
      const id = String(await this.connection.send('CLIENT', 'ID'));
      await this.connection.send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', 'PREFIX', this.prefix);
      await this.connection.subscribe(CHANNEL, (keys) => {
        this.events.onInvalidated(Array.isArray(keys) ? keys : null);
      });
    } catch {
      if (this.#closed) return;
      // Not a connection to trust: start over, but not in a hurry, since Redis may not allow tracking at all.
      this.#heartbeat = setTimeout(() => this.connection.reconnect(), REARM_MS);
      this.#heartbeat.unref();
      return;
    }
    // What was cached before may have changed unheard.
    this.events.onInvalidated(null);
    this.#armed = true;
    this.#beat();
  }

  #beat(): void {
    clearTimeout(this.#heartbeat);
    const sentAt = Date.now();
    this.connection.send('PING').then(
      () => {
        if (!this.#armed) return;
        this.#confirmedAtMs = sentAt;
        this.#heartbeat = setTimeout(() => this.#beat(), this.heartbeatMs);
        this.#heartbeat.unref();
      },
      // The connection closes: `close` follows.
      () => undefined,
    );
  }

  #disarm(): void {
    clearTimeout(this.#heartbeat);
    if (!this.#armed) return;
    this.#armed = false;
    this.events.onDoubt();
  }
}
