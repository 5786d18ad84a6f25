import { hash } from 'node:crypto';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import type { AnyEvent } from './envelope.js';
import { isCluster } from './is-cluster.js';

/** An ioredis connection: single server, Sentinel or Cluster. */
export type RedisClient = Redis | Cluster;

/** Streams of an outbox on a Redis Cluster. Fixed: with another number, state and events would not be found where they are. */
const partitions = 16;

/**
 * Events that wait in one stream at most; beyond it the oldest are dropped. A bound on memory, far above what waits in an outage
 * of an hour; what every group has handled is removed much earlier.
 */
export const mostWaiting = 1_000_000;

/**
 * The one thing besides its group that transports and services share: where events wait to be delivered. On one Redis that is the
 * stream `<prefix>events`. On a Cluster a change and its event must share a slot: there are 16 streams, `<prefix>events:{p0}` to
 * `{p15}`, and whatever the state belongs to, a user's id or a room, picks the stream and the slot of its keys.
 */
export class Outbox {
  /** Every stream there is. */
  readonly streams: readonly string[];
  /** Whether this is a Cluster. */
  readonly partitioned: boolean;

  constructor(
    redis: RedisClient,
    readonly prefix: string,
  ) {
    this.partitioned = isCluster(redis);
    const stream = `${prefix}events`;
    this.streams = this.partitioned ? Array.from({ length: partitions }, (_, n) => `${stream}:{p${n}}`) : [stream];
  }

  /** The stream for events about state that belongs to `of`. */
  key(of: string): string {
    return this.streams[this.partition(of)] ?? '';
  }

  /** What the names of keys that change together with such an event hold, before anything with braces: `{p7}:`, or nothing on one Redis. */
  tag(of: string): string {
    return this.partitioned ? `{p${this.partition(of)}}:` : '';
  }

  private partition(of: string): number {
    if (!this.partitioned) return 0;
    return Number.parseInt(hash('sha256', of, 'hex').slice(0, 8), 16) % this.streams.length;
  }
}

/**
 * Adds the event to a transaction that changes state: both happen or neither does. On a Cluster the keys of that state carry
 * `outbox.tag(event.key)`.
 */
export function addToOutbox(transaction: ChainableCommander, outbox: Outbox, event: AnyEvent): ChainableCommander {
  const entry = ['event', JSON.stringify(event)];
  return transaction.xadd(outbox.key(event.key), 'MAXLEN', '~', mostWaiting, '*', ...entry);
}

/** The same for a script: a line of Lua that adds the JSON text `event` to the stream `key` (both Lua expressions). */
export function outboxLua(key: string, event: string): string {
  return `redis.call('XADD', ${key}, 'MAXLEN', '~', ${mostWaiting}, '*', 'event', ${event})`;
}
