import { masterOf } from '@holdfast/events';
import type { Cluster, Redis } from 'ioredis';
import type { ChannelListener, Channels } from './channels.js';

/** Pause before failed subscriptions are tried again. */
const RETRY_MS = 100;
/** Longest wait for Redis to confirm. */
const CONFIRM_MS = 1000;

/** A connection to one master, used only for subscriptions. */
interface Shard {
  readonly name: string;
  readonly connection: Redis;
}

/**
 * Channels of a Redis Cluster by sharded pub/sub (Redis 7): the master that has a channel's slot carries it. There is one connection
 * for each master that carries one of our channels. When a connection is lost, or a slot moves, only its channels are subscribed at
 * their new place and reported as interrupted.
 */
export class ShardedChannels implements Channels {
  private readonly wanted = new Set<string>();
  /** The connection on which each channel is subscribed and confirmed. */
  private readonly placed = new Map<string, Shard>();
  private readonly shards = new Map<string, Shard>();
  private readonly followSlots = () => this.findMisplaced();
  private listener: ChannelListener | undefined;
  private repairing = false;
  private closed = false;

  /** Uses `cluster` to find slots, and does not close it. */
  constructor(private readonly cluster: Cluster) {
    cluster.on('refresh', this.followSlots);
  }

  listen(listener: ChannelListener): void {
    this.listener = listener;
  }

  async subscribe(channel: string): Promise<void> {
    this.wanted.add(channel);
    try {
      await this.place(channel);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('MOVED'))) throw error;
      await this.learnSlots();
      await this.place(channel);
    }
  }

  async unsubscribe(channel: string): Promise<void> {
    this.wanted.delete(channel);
    const shard = this.placed.get(channel);
    this.placed.delete(channel);
    await shard?.connection.sunsubscribe(channel).catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    this.cluster.off('refresh', this.followSlots);
    for (const { connection } of this.shards.values()) connection.disconnect();
  }

  private async place(channel: string): Promise<void> {
    const shard = this.shardOf(channel);
    await shard.connection.ssubscribe(channel);
    if (this.shards.get(shard.name) !== shard) throw new Error('Connection is closed.');
    if (this.wanted.has(channel)) this.placed.set(channel, shard);
    // The channel was unsubscribed meanwhile.
    else await shard.connection.sunsubscribe(channel).catch(() => undefined);
  }

  private shardOf(channel: string): Shard {
    if (this.closed) throw new Error('Connection is closed.');
    const master = masterOf(this.cluster, channel);
    const name = nameOf(master);
    const known = this.shards.get(name);
    if (known !== undefined) return known;
    const connection = master.duplicate({
      autoResubscribe: false,
      enableOfflineQueue: true,
      commandTimeout: CONFIRM_MS,
      // No reconnect: another master may have the slots by then.
      retryStrategy: null,
    });
    const shard: Shard = { name, connection };
    this.shards.set(name, shard);
    connection.on('smessage', (channelOfMessage: string, text: string) =>
      this.listener?.message(channelOfMessage, text),
    );
    connection.on('error', () => undefined);
    connection.on('end', () => this.lost(shard));
    // A slot has moved and Redis has ended its subscriptions, one event for each. All channels of this connection are placed again.
    connection.on('moved', () => connection.disconnect());
    return shard;
  }

  private lost(shard: Shard): void {
    if (this.shards.get(shard.name) === shard) this.shards.delete(shard.name);
    for (const [channel, place] of this.placed) if (place === shard) this.placed.delete(channel);
    void this.repair();
  }

  /** Ends connections to masters that no longer have the slots: a replaced master may leave its connections open. */
  private findMisplaced(): void {
    const misplaced = [...this.placed].filter(([channel, { name }]) => nameOf(this.masterOrNone(channel)) !== name);
    for (const { connection } of new Set(misplaced.map(([, shard]) => shard))) connection.disconnect();
  }

  private masterOrNone(channel: string): Redis | undefined {
    try {
      return masterOf(this.cluster, channel);
    } catch {
      return undefined;
    }
  }

  /** Retries until every channel is subscribed again. */
  private async repair(): Promise<void> {
    if (this.repairing) return;
    this.repairing = true;
    while (!this.closed) {
      await this.learnSlots();
      const missing = [...this.wanted].filter((channel) => !this.placed.has(channel));
      await Promise.allSettled(missing.map((channel) => this.placeAgain(channel)));
      if (missing.every((channel) => this.placed.has(channel) || !this.wanted.has(channel))) break;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
    this.repairing = false;
  }

  private async placeAgain(channel: string): Promise<void> {
    await this.place(channel);
    this.listener?.interrupted([channel]);
  }

  private learnSlots(): Promise<void> {
    return new Promise((resolve) => this.cluster.refreshSlotsCache(() => resolve()));
  }
}

function nameOf(server: Redis | undefined): string {
  return `${server?.options.host}:${server?.options.port}`;
}
