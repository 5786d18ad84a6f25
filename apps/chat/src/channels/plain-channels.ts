import type { Redis } from 'ioredis';
import type { ChannelListener, Channels } from './channels.js';

/** Channels of one Redis. */
export class PlainChannels implements Channels {
  private readonly wanted = new Set<string>();
  private listener: ChannelListener | undefined;
  private hasBeenReady = false;

  /** Owns `subscriber`: a connection in subscriber mode can do nothing else. */
  constructor(private readonly subscriber: Redis) {
    subscriber.on('message', (channel: string, text: string) => this.listener?.message(channel, text));
    // The service's main connection reports outages. Without a listener here Node would end the process.
    subscriber.on('error', () => undefined);
    subscriber.on('ready', () => void this.resubscribe());
  }

  listen(listener: ChannelListener): void {
    this.listener = listener;
  }

  async subscribe(channel: string): Promise<void> {
    this.wanted.add(channel);
    await this.subscriber.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.wanted.delete(channel);
    // If this fails, the next connection subscribes without this channel.
    await this.subscriber.unsubscribe(channel).catch(() => undefined);
  }

  close(): void {
    this.subscriber.disconnect();
  }

  private async resubscribe(): Promise<void> {
    const channels = [...this.wanted];
    try {
      if (channels.length > 0) await this.subscriber.subscribe(...channels);
    } catch {
      // The connection is lost again; its next `ready` calls this again.
      return;
    }
    if (this.hasBeenReady) this.listener?.interrupted([...this.wanted]);
    this.hasBeenReady = true;
  }
}
