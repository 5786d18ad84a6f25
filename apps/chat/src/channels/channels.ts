/** Receives the messages of channels. */
export interface ChannelListener {
  message(channel: string, text: string): void;
  /** Messages of these channels may have been missed; from now on every one is delivered again. */
  interrupted(channels: readonly string[]): void;
}

/** Redis pub/sub over connections of its own: at most once, in order per channel. Subscribes again after an outage. */
export interface Channels {
  listen(listener: ChannelListener): void;
  /**
   * Resolves once Redis has confirmed; from then on every message of the channel is delivered. Rejects when Redis does not
   * confirm.
   */
  subscribe(channel: string): Promise<void>;
  /** Never rejects: while Redis is away there is no subscription to end. */
  unsubscribe(channel: string): Promise<void>;
  close(): void;
}
