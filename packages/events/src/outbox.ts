import { hash } from 'node:crypto';
import type { ChainableCommander, Cluster, Redis } from 'ioredis';
import type { AnyEvent } from './envelope.js';
import { isCluster } from './is-cluster.js';

/** An ioredis connection: single server, Sentinel or Cluster. */
export type RedisClient = Redis | Cluster;

/** Streams of an outbox on a Redis Cluster. The number never changes, because it decides where state and events are. */
const PARTITIONS = 16;

/**
 * The most events that wait in one stream; Redis drops the oldest beyond it. It bounds memory and is far above the backlog of an
 * hour's outage. Events that every group has handled are removed much earlier.
 */
export const MOST_WAITING = 1_000_000;

/**
 * Holds events until they are delivered; services write to it and transports read from it. On one Redis it is the stream
 * `<prefix>events`. On a Cluster a change and its event must share a slot, so there are 16 streams, `<prefix>events:{p0}` to
 * `{p15}`. The owner of the state, such as a user's id or a room, picks the stream and the slot of the state's keys.
 */
export class Outbox {
  /** All streams. */
  readonly streams: readonly string[];
  /** Whether this is a Cluster. */
  readonly partitioned: boolean;

  constructor(
    redis: RedisClient,
    readonly prefix: string,
  ) {
    this.partitioned = isCluster(redis);
    const stream = `${prefix}events`;
    this.streams = this.partitioned ? Array.from({ length: PARTITIONS }, (_, n) => `${stream}:{p${n}}`) : [stream];
  }

  /** The stream for events about state that belongs to `of`. */
  key(of: string): string {
    return this.streams[this.partition(of)] ?? '';
  }

  /**
   * The hash tag for keys that change together with such an event: `{p7}:` on a Cluster, nothing on one Redis. In the name of a key
   * it comes before anything else with braces.
   */
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
  return transaction.xadd(outbox.key(event.key), 'MAXLEN', '~', MOST_WAITING, '*', ...entry);
}

/** The same for a script: a line of Lua that adds the JSON text `event` to the stream `key` (both Lua expressions). */
export function outboxLua(key: string, event: string): string {
  return `redis.call('XADD', ${key}, 'MAXLEN', '~', ${MOST_WAITING}, '*', 'event', ${event})`;
}
