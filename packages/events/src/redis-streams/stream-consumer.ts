import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { readEvent } from '../envelope.js';
import type { EventMetrics, Running, Subscription } from '../event-transport.js';
import { outboxKey } from '../outbox.js';
import { ConsumerGroup } from './consumer-group.js';
import { deadLettersKey } from './redis-dead-letters.js';
import { fieldsOf } from './stream-entry.js';

interface Settings {
  readonly prefix: string;
  readonly maxTries: number;
  readonly backOffMs: number;
  readonly claimAfterMs: number;
  readonly report: (error: unknown) => void;
}

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
  private tidiedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly redis: Redis,
    private readonly subscription: Subscription,
    private readonly settings: Settings,
    private readonly counts: { -readonly [K in keyof EventMetrics]: number },
  ) {
    this.waiting = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: 0 });
    // Failed commands are reported where they are sent.
    this.waiting.on('error', () => undefined);
    this.group = new ConsumerGroup(redis, outboxKey(settings.prefix), subscription.group, randomUUID());
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
        this.settings.report(error);
        await this.pause(outagePauseMs);
      }
    }
    await this.group.leave().catch(() => undefined);
  }

  private async next() {
    if (Date.now() - this.tidiedAt >= Math.min(tidyEveryMs, this.settings.claimAfterMs)) {
      this.tidiedAt = Date.now();
      this.counts.lag = await this.group.tidy();
      const abandoned = await this.group.claim(this.settings.claimAfterMs);
      if (abandoned.length > 0) return abandoned;
    }
    return this.group.read(this.waiting, Math.min(waitMs, this.settings.claimAfterMs));
  }

  /** Rejects only when Redis does: then the event stays pending, and comes again. */
  private async process(id: string, pairs: readonly string[], triesBefore: number): Promise<void> {
    const { event: text = '', only } = fieldsOf(pairs);
    const { group, types, handle } = this.subscription;
    const read = readEvent(text);
    const isOurs = only === undefined || only === group;
    if (!isOurs || (read.ok ? !types.includes(read.event.type) : read.unknown)) return this.group.acknowledge(id);
    if (!read.ok) return this.giveUp(id, text, read.reason);
    let reason = 'its consumer died every time';
    for (let tries = triesBefore + 1; tries <= this.settings.maxTries; tries++) {
      try {
        await handle(read.event);
        this.counts.handled++;
        return await this.group.acknowledge(id);
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        this.settings.report(error);
      }
      if (tries === this.settings.maxTries) break;
      // Not finished, not acknowledged: another consumer has the rest of the tries.
      if (this.stopping.signal.aborted) return;
      this.counts.retried++;
      await this.pause(this.settings.backOffMs * 2 ** (tries - 1));
    }
    await this.giveUp(id, text, reason);
  }

  private async giveUp(id: string, event: string, reason: string): Promise<void> {
    const { group } = this.subscription;
    const letter = ['group', group, 'reason', reason, 'at', new Date().toISOString(), 'event', event];
    await this.redis
      .multi()
      .xadd(deadLettersKey(this.settings.prefix), '*', ...letter)
      .xack(outboxKey(this.settings.prefix), group, id)
      .exec();
    this.counts.deadLettered++;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
