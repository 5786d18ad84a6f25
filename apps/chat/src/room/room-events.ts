import { type ChatMessage, chatMessageSchema } from '@holdfast/contracts';
import type { Outbox } from '@holdfast/events';
import { z } from 'zod';
import type { Channels } from '../channels/channels.js';
import { roomKeys } from './room-keys.js';

/** A message of a room's channel. */
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
 * Live events of the rooms this instance has members in, over Redis pub/sub: at most once, in order per room. A gap in the
 * offsets or a call of `interrupted` shows that pub/sub lost messages; the hub then reads them from the log.
 */
export class RoomEvents {
  private readonly roomByChannel = new Map<string, string>();
  private listener: RoomListener | undefined;

  /** Owns `channels`: `close` closes them. */
  constructor(
    private readonly channels: Channels,
    private readonly outbox: Outbox,
  ) {
    channels.listen({
      message: (channel, text) => this.receive(channel, text),
      interrupted: (interrupted) => this.listener?.interrupted(interrupted.flatMap((channel) => this.roomOf(channel))),
    });
  }

  listen(listener: RoomListener): void {
    this.listener = listener;
  }

  /** Resolves once Redis has confirmed; from then on every event of the room is delivered until an interruption. */
  async subscribe(room: string): Promise<void> {
    const { channel } = roomKeys(this.outbox, room);
    this.roomByChannel.set(channel, room);
    await this.channels.subscribe(channel);
  }

  async unsubscribe(room: string): Promise<void> {
    const { channel } = roomKeys(this.outbox, room);
    this.roomByChannel.delete(channel);
    await this.channels.unsubscribe(channel);
  }

  close(): void {
    this.channels.close();
  }

  private roomOf(channel: string): string[] {
    const room = this.roomByChannel.get(channel);
    return room === undefined ? [] : [room];
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
