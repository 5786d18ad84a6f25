import { randomUUID } from 'node:crypto';
import type { ChatMessage } from '@holdfast/contracts';
import type { Redis } from 'ioredis';
import { roomKeys } from './room-keys.js';
import type { NewMessage, Position, Replay, RoomLog } from './room-log.js';
import { appendScript, replayScript } from './room-scripts.js';

/** How long a repeated `clientId` is recognised. */
const dedupeSeconds = 600;

type Entry = readonly [id: string, fields: readonly string[]];

/** `RoomLog` in a Redis Stream per room, capped at `historyLength` messages. */
export class RedisRoomLog implements RoomLog {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly historyLength: number,
  ) {}

  async append(room: string, { userId, from, text, clientId }: NewMessage): Promise<{ offset: number }> {
    const keys = roomKeys(this.prefix, room);
    const offset = await this.redis.eval(
      appendScript,
      ...[3, keys.state, keys.log, keys.sent(userId, clientId)],
      ...[
        randomUUID(),
        keys.channel,
        this.historyLength,
        randomUUID(),
        from,
        text,
        new Date().toISOString(),
        dedupeSeconds,
      ],
    );
    return { offset: Number(offset) };
  }

  async replay(room: string, after?: Position): Promise<Replay> {
    const keys = roomKeys(this.prefix, room);
    const answer = await this.redis.eval(
      replayScript,
      ...[2, keys.state, keys.log],
      ...[randomUUID(), after?.epoch ?? '', after?.offset ?? 0],
    );
    const [epoch, offset, entries] = answer as [string, number, Entry[]];
    const messages = entries.map(toMessage);
    const missed = offset - (after?.offset ?? 0);
    // The cap may have dropped what the reader missed: then the first one here is not the next after theirs.
    const recovered = after !== undefined && after.epoch === epoch && messages.length === missed;
    return { epoch, offset, recovered, messages };
  }
}

function toMessage([entryId, pairs]: Entry): ChatMessage {
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < pairs.length; i += 2) fields.set(pairs[i] ?? '', pairs[i + 1] ?? '');
  const field = (name: string): string => fields.get(name) ?? '';
  return {
    offset: Number.parseInt(entryId, 10),
    id: field('id'),
    from: field('from'),
    text: field('text'),
    at: field('at'),
  };
}
