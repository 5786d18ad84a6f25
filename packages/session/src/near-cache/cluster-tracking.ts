import type { Cluster, Redis } from 'ioredis';
import { listeningConnection } from '../redis/listening-connection.js';
import type { InvalidationEvents, Invalidations } from './invalidations.js';
import { TrackingConnection } from './tracking-connection.js';

/**
 * Hears of changes from every server of a Redis Cluster, replicas included: when one is promoted it is already heard.
 * Trusted only while every known server is.
 */
export class ClusterTracking implements Invalidations {
  readonly #connections = new Map<string, TrackingConnection>();
  readonly #follow = () => this.#followTopology();

  constructor(
    private readonly cluster: Cluster,
    private readonly prefix: string,
    private readonly heartbeatMs: number,
    private readonly events: InvalidationEvents,
  ) {
    for (const change of ['+node', '-node', 'ready'] as const) cluster.on(change, this.#follow);
    this.#followTopology();
  }

  get confirmedAtMs(): number {
    let oldest = this.#connections.size === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    for (const connection of this.#connections.values()) oldest = Math.min(oldest, connection.confirmedAtMs);
    return oldest;
  }

  get inDoubt(): boolean {
    return this.#connections.size === 0 || [...this.#connections.values()].some(({ inDoubt }) => inDoubt);
  }

  close(): void {
    for (const change of ['+node', '-node', 'ready'] as const) this.cluster.off(change, this.#follow);
    for (const connection of this.#connections.values()) connection.close();
  }

  #followTopology(): void {
    const known = new Map(this.cluster.nodes('all').map((server) => [nameOf(server), server]));
    for (const [name, connection] of this.#connections) {
      if (known.has(name)) continue;
      connection.close();
      this.#connections.delete(name);
    }
    for (const [name, server] of known) {
      if (this.#connections.has(name)) continue;
      // A new server may be written to before it is heard.
      this.events.onDoubt();
      const connection = listeningConnection(server) as Redis;
      this.#connections.set(name, new TrackingConnection(connection, this.prefix, this.heartbeatMs, this.events));
    }
  }
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
