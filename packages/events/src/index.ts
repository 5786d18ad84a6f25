export { catalogue, type EventData, type EventType, eventTypes } from './catalogue.js';
export {
  type DeadLetter,
  type DeadLetters,
  type ReplayedAll,
  UnreadableEventError,
} from './dead-letters/dead-letters.js';
export { RedisDeadLetters } from './dead-letters/redis-dead-letters.js';
export { DEFAULT_HANDLER_TIMEOUT_MS, type DeliveryOptions } from './deliver.js';
export { type AnyEvent, type EventOf, newEvent, type ReadEvent, readEvent } from './envelope.js';
export type { Attempt, EventMetrics, EventTransport, Running, Subscription } from './event-transport.js';
export { isCluster } from './is-cluster.js';
export { masterOf } from './master-of.js';
export { addToOutbox, MOST_WAITING, Outbox, outboxLua, type RedisClient } from './outbox.js';
