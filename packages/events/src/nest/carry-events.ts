import type { INestApplication } from '@nestjs/common';
import type { DeliveryOptions } from '../deliver.js';
import type { EventTransport } from '../event-transport.js';
import type { KafkaConnectionOptions, KafkaOptions } from '../kafka/index.js';
import type { RedisClient } from '../outbox.js';
import { RedisStreamsTransport } from '../redis-streams/index.js';
import { connectEvents } from './events-server.js';
import { reportEvents } from './report-events.js';

/** `brokers`: with none, Redis Streams carry the events. */
export interface CarryOptions extends KafkaConnectionOptions {
  /** Of the outbox, e.g. `hf:`. */
  readonly prefix: string;
  /** Consumers with the same name share the events: use the service's name. */
  readonly group: string;
  /** How long a handler may take in milliseconds; after that its try counts as failed. Default 10 000. */
  readonly handlerTimeoutMs?: number;
  /** Runs each try of a handler: see `DeliveryOptions`. */
  readonly around?: NonNullable<DeliveryOptions['around']>;
  /** Runs each transfer to Kafka: see `KafkaOptions`. */
  readonly aroundSend?: NonNullable<KafkaOptions['aroundSend']>;
}

/**
 * Starts the application's `@EventPattern` handlers on the transport that the configuration chose. Rejects when no broker answers
 * and none has answered with this configuration before. Later the same is an outage, and events wait for its end.
 */
export async function carryEvents(
  app: INestApplication,
  redis: RedisClient,
  { group, ...options }: CarryOptions,
): Promise<EventTransport> {
  const transport = await openTransport(redis, { ...options, report: reportEvents });
  await connectEvents(app, transport, group);
  return transport;
}

async function openTransport(
  redis: RedisClient,
  options: Omit<CarryOptions, 'group'> & { readonly report: typeof reportEvents },
): Promise<EventTransport> {
  if (options.brokers.length === 0) return new RedisStreamsTransport(redis, options);
  // A process without brokers loads no Kafka client.
  const { KafkaTransport } = await import('../kafka/index.js');
  const transport = new KafkaTransport(redis, options);
  await transport.checkFirstStart();
  return transport;
}
