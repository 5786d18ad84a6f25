import type { ChainableCommander } from 'ioredis';
import type { AnyEvent } from './envelope.js';

/** The one thing besides its group that transports and services share: where events wait to be delivered. */
export function outboxKey(prefix: string): string {
  return `${prefix}events`;
}

/**
 * Events that wait at most; beyond it the oldest are dropped. A bound on memory, far above what waits in an outage of an
 * hour; what every group has handled is removed much earlier.
 */
export const mostWaiting = 1_000_000;

/** Adds the event to a transaction that changes state: both happen or neither does. */
export function addToOutbox(transaction: ChainableCommander, prefix: string, event: AnyEvent): ChainableCommander {
  return transaction.xadd(outboxKey(prefix), 'MAXLEN', '~', mostWaiting, '*', 'event', JSON.stringify(event));
}

/** The same for a script: a line of Lua that adds the JSON text `event` to the stream `key` (both Lua expressions). */
export function outboxLua(key: string, event: string): string {
  return `redis.call('XADD', ${key}, 'MAXLEN', '~', ${mostWaiting}, '*', 'event', ${event})`;
}
