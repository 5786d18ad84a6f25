import type { INestApplication } from '@nestjs/common';
import type { EventTransport } from '../event-transport.js';
import type { RedisClient } from '../outbox.js';
import { RedisStreamsTransport } from '../redis-streams/index.js';
import { connectEvents } from './events-server.js';
import { reportEvents } from './report-events.js';

export interface CarryOptions {
  /** Of the outbox, e.g. `hf:`. */
  readonly prefix: string;
  /** Which consumers share the events with this one: a service's name. */
  readonly group: string;
  /** `host:port` of Kafka's brokers. None: Redis Streams carry the events. */
  readonly brokers: readonly string[];
}

/** Starts the application's `@EventPattern` handlers on the transport that the configuration chose. */
export async function carryEvents(
  app: INestApplication,
  redis: RedisClient,
  options: CarryOptions,
): Promise<EventTransport> {
  const { prefix, group, brokers } = options;
  const common = { prefix, report: reportEvents };
  const transport =
    brokers.length === 0
      ? new RedisStreamsTransport(redis, common)
      : // Whoever has no broker does not load its client.
        new (await import('../kafka/index.js')).KafkaTransport(redis, { ...common, brokers });
  await connectEvents(app, transport, group);
  return transport;
}
