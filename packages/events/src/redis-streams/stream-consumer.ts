import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RedisDeadLetters } from '../dead-letters/redis-dead-letters.js';
import { deliver, type EventCounts, pause } from '../deliver.js';
import type { Running, Subscription } from '../event-transport.js';
import { outboxKey } from '../outbox.js';
import { fieldsOf } from '../stream-entry.js';
import { ConsumerGroup } from './consumer-group.js';
import type { RedisStreamsOptions } from './redis-streams-transport.js';

const waitMs = 1_000;
const outagePauseMs = 250;
/** How often abandoned events, lag and what may be removed are looked for. */
const tidyEveryMs = 5_000;

/** One consumer of one group: reads, handles one event after the other, acknowledges. */
export class StreamConsumer implements Running {
  private readonly waiting: Redis;
  private readonly group: ConsumerGroup;
  private readonly done: Promise<void>;
  private readonly stopping = new AbortController();
  private readonly claimAfterMs: number;
  private tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly redis: Redis,
    private readonly subscription: Subscription,
    private readonly options: RedisStreamsOptions,
    private readonly counts: EventCounts,
  ) {
    this.claimAfterMs = options.claimAfterMs ?? 30_000;
    this.waiting = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: 0 });
    // Failed commands are reported where they are sent.
    this.waiting.on('error', () => undefined);
    this.group = new ConsumerGroup(redis, outboxKey(options.prefix), subscription.group, randomUUID());
    this.done = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    // Cuts a wait for new events short; what is in hand is finished, what is not begun goes to another consumer.
    this.waiting.disconnect();
    await this.done;
  }

  private async run(): Promise<void> {
    let exists = false;
    while (!this.stopping.signal.aborted) {
      try {
        if (!exists) await this.group.create();
        exists = true;
        for (const { id, pairs, tries } of await this.next()) {
          if (this.stopping.signal.aborted) break;
          await this.process(id, pairs, tries);
        }
      } catch (error) {
        if (this.stopping.signal.aborted) break;
        // Redis may have come back empty: then the group is made anew.
        exists = false;
        this.options.report?.(error);
        await pause(outagePauseMs, this.stopping.signal);
      }
    }
    await this.group.leave().catch(() => undefined);
  }

  private async next() {
    if (Date.now() - this.tidiedAt >= Math.min(tidyEveryMs, this.claimAfterMs)) {
      this.tidiedAt = Date.now();
      this.counts.lag = await this.group.tidy();
      const abandoned = await this.group.claim(this.claimAfterMs);
      if (abandoned.length > 0) return abandoned;
    }
    return this.group.read(this.waiting, Math.min(waitMs, this.claimAfterMs));
  }

  /** Rejects only when Redis does: then the event stays pending, and comes again. */
  private async process(id: string, pairs: readonly string[], triesBefore: number): Promise<void> {
    const { event: text = '', only } = fieldsOf(pairs);
    const event = { text, only, triesBefore };
    const delivered = await deliver(event, this.subscription, this.options, this.counts, this.stopping.signal);
    if (delivered.outcome === 'unfinished') return;
    if (delivered.outcome === 'given up') await this.giveUp(id, text, delivered.reason);
    else await this.group.acknowledge(id);
  }

  private async giveUp(id: string, event: string, reason: string): Promise<void> {
    const { group } = this.subscription;
    const { prefix } = this.options;
    const transaction = new RedisDeadLetters(this.redis, prefix).add(this.redis.multi(), group, event, reason);
    await transaction.xack(outboxKey(prefix), group, id).exec();
    this.counts.deadLettered++;
  }
}
