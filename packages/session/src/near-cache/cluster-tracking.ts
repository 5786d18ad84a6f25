import type { RedisPort } from '../redis/redis-port.js';
import type { InvalidationEvents, Invalidations } from './invalidations.js';
import { TrackingConnection } from './tracking-connection.js';

/**
 * Hears of changes from every server of a Redis Cluster, including replicas, so a promoted replica is already heard.
 * It is trusted only while every known server is.
 */
export class ClusterTracking implements Invalidations {
  private readonly connections = new Map<string, TrackingConnection>();
  private readonly unfollow: () => void;
  private closed = false;

  constructor(
    private readonly cluster: RedisPort,
    private readonly prefix: string,
    private readonly heartbeatMs: number,
    private readonly events: InvalidationEvents,
  ) {
    this.unfollow = cluster.onServersChanged(() => void this.followTopology());
    void this.followTopology();
  }

  get confirmedAtMs(): number {
    let oldest = this.connections.size === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    for (const connection of this.connections.values()) oldest = Math.min(oldest, connection.confirmedAtMs);
    return oldest;
  }

  get inDoubt(): boolean {
    return this.connections.size === 0 || [...this.connections.values()].some(({ inDoubt }) => inDoubt);
  }

  close(): void {
    this.closed = true;
    this.unfollow();
    for (const connection of this.connections.values()) connection.close();
  }

  private async followTopology(): Promise<void> {
    const known = await this.cluster.servers();
    if (this.closed) return;
    for (const [name, connection] of this.connections) {
      if (known.has(name)) continue;
      connection.close();
      this.connections.delete(name);
    }
    for (const [name, listen] of known) {
      if (this.connections.has(name)) continue;
      // A client may write to a new server before this process hears that server.
      this.events.onDoubt();
      this.connections.set(name, new TrackingConnection(listen(), this.prefix, this.heartbeatMs, this.events));
    }
  }
}
