import { type ChatMessage, chatMessageSchema } from '@holdfast/contracts';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { roomKeys } from './room-keys.js';

/** What is published in a room's channel. */
const roomEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), epoch: z.string(), message: chatMessageSchema }),
  z.object({ kind: z.literal('presence') }),
]);

export interface RoomListener {
  message(room: string, epoch: string, message: ChatMessage): void;
  presence(room: string): void;
  /** The subscription was interrupted: events of these rooms may have been missed. */
  interrupted(rooms: readonly string[]): void;
}

/**
 * Live events of the rooms this instance has members in, over Redis pub/sub: at most once, in order per room. What pub/sub
 * loses is found by offsets (a gap) or by `interrupted`, and fetched from the log.
 */
export class RoomEvents {
  private readonly roomByChannel = new Map<string, string>();
  private listener: RoomListener | undefined;
  private hasBeenReady = false;

  /** `subscriber` is a connection of our own: in subscriber mode it can do nothing else. */
  constructor(
    private readonly subscriber: Redis,
    private readonly prefix: string,
  ) {
    subscriber.on('message', (channel: string, text: string) => this.receive(channel, text));
    // The connection's owner reports outages; without a listener Node would end the process.
    subscriber.on('error', () => undefined);
    subscriber.on('ready', () => void this.resubscribe());
  }

  listen(listener: RoomListener): void {
    this.listener = listener;
  }

  /** Resolves once Redis has confirmed; from then on every event of the room is delivered. */
  async subscribe(room: string): Promise<void> {
    const { channel } = roomKeys(this.prefix, room);
    this.roomByChannel.set(channel, room);
    await this.subscriber.subscribe(channel);
  }

  async unsubscribe(room: string): Promise<void> {
    const { channel } = roomKeys(this.prefix, room);
    this.roomByChannel.delete(channel);
    // While Redis is away there is nothing to unsubscribe from: the next connection subscribes to what is left.
    await this.subscriber.unsubscribe(channel).catch(() => undefined);
  }

  close(): void {
    this.subscriber.disconnect();
  }

  private async resubscribe(): Promise<void> {
    const channels = [...this.roomByChannel.keys()];
    try {
      if (channels.length > 0) await this.subscriber.subscribe(...channels);
    } catch {
      // Lost again: the next `ready` comes here.
      return;
    }
    if (this.hasBeenReady) this.listener?.interrupted([...this.roomByChannel.values()]);
    this.hasBeenReady = true;
  }

  private receive(channel: string, text: string): void {
    const room = this.roomByChannel.get(channel);
    if (room === undefined) return;
    const event = roomEvent.safeParse(parseJson(text));
    if (!event.success) return;
    if (event.data.kind === 'presence') this.listener?.presence(room);
    else this.listener?.message(room, event.data.epoch, event.data.message);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
