import type { Redis } from 'ioredis';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { addDeadLetter } from '../dead-letters/redis-dead-letters.js';
import { deliver, type EventCounts, pause, readFor } from '../deliver.js';
import type { Running, Subscription } from '../event-transport.js';
import { Outbox, type RedisClient } from '../outbox.js';
import { createTopic } from './kafka-clients.js';
import type { KafkaOptions } from './kafka-transport.js';
import { topicOf } from './topic.js';

const outagePauseMs = 500;
/** A consumer that is silent this long is taken for dead, and its partitions are given to others. */
const sessionTimeoutMs = 10_000;

/**
 * One consumer of one group: the partitions it is given, each one event after the other. A position is committed after its event
 * is done, so a consumer that dies leaves at most the event in hand to be done twice.
 */
export class TopicConsumer implements Running {
  private readonly topic: string;
  private readonly stopping = new AbortController();
  private readonly done: Promise<void>;

  constructor(
    private readonly redis: RedisClient,
    private readonly kafka: Kafka,
    private readonly subscription: Subscription,
    private readonly options: KafkaOptions,
    private readonly counts: EventCounts,
    private readonly report: (error: unknown) => void,
    /** Told how many events of a partition are not handled yet. */
    private readonly onLag: (partition: number, events: number) => void,
  ) {
    this.topic = topicOf(options.prefix);
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const consumer = this.kafka.consumer({
        groupId: `${this.topic}.${this.subscription.group}`,
        sessionTimeout: sessionTimeoutMs,
        // So long the others wait for one that is dead or still has an event in hand.
        rebalanceTimeout: sessionTimeoutMs,
        allowAutoTopicCreation: false,
        // The client gives up on some errors for good: here a new consumer follows, whatever it was.
        retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3, restartOnFailure: async () => false },
      });
      try {
        await this.consume(consumer);
      } catch (error) {
        this.report(error);
      } finally {
        // Waits for the events in hand, and commits.
        await consumer.disconnect().catch(this.report);
      }
      await pause(outagePauseMs, this.stopping.signal);
    }
  }

  /** Until closing begins; rejects when the consumer cannot go on. */
  private async consume(consumer: Consumer): Promise<void> {
    await createTopic(this.kafka, this.topic);
    await consumer.connect();
    await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
    const ended = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
      if (this.stopping.signal.aborted) resolve();
    });
    // It may end before it is waited for.
    ended.catch(() => undefined);
    await consumer.run({
      autoCommitThreshold: 1,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
      eachBatch: (payload) => this.handle(payload),
    });
    await ended;
  }

  private async handle(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    // A slow handler is no dead consumer. What a failed sign of life means is learnt below.
    const living = setInterval(() => heartbeat().catch(() => undefined), sessionTimeoutMs / 3);
    try {
      for (const message of batch.messages) {
        if (this.stopping.signal.aborted || !isRunning() || isStale()) return;
        if (!(await this.process(message))) return;
        resolveOffset(message.offset);
        this.onLag(batch.partition, Number(BigInt(batch.highWatermark) - BigInt(message.offset) - 1n));
        await commitOffsetsIfNecessary();
        await heartbeat();
      }
    } finally {
      clearInterval(living);
    }
  }

  /** False if closing came first. Rejects only when Redis does: then the event comes again. */
  private async process(message: KafkaMessage): Promise<boolean> {
    const text = message.value?.toString() ?? '';
    const { subscription, options, counts, stopping } = this;
    const read = readFor(subscription, text, message.headers?.only?.toString());
    if (read === undefined) return true;
    const delivered = await deliver(read, 0, subscription, options, counts, stopping.signal);
    if (delivered.outcome === 'given up') {
      const stream = new Outbox(this.redis, options.prefix).key(message.key?.toString() ?? text);
      const letter = { group: subscription.group, event: text, reason: delivered.reason };
      await addDeadLetter((this.redis as Redis).multi(), stream, letter).exec();
      counts.deadLettered++;
    }
    return delivered.outcome !== 'unfinished';
  }
}
