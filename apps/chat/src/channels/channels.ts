/** Told of what comes over channels. */
export interface ChannelListener {
  message(channel: string, text: string): void;
  /** Messages of these channels may have been missed; from now on every one is delivered again. */
  interrupted(channels: readonly string[]): void;
}

/** Redis pub/sub with a connection of its own: at most once, in order per channel. Goes on by itself after an outage. */
export interface Channels {
  listen(listener: ChannelListener): void;
  /** Resolves once Redis has confirmed; from then on every message of the channel is delivered. Rejects when it cannot. */
  subscribe(channel: string): Promise<void>;
  /** Never rejects: where Redis is away there is nothing to unsubscribe from. */
  unsubscribe(channel: string): Promise<void>;
  close(): void;
}
