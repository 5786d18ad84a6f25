import { randomUUID } from 'node:crypto';
import type { ChatMessage } from '@holdfast/contracts';
import { Outbox } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { RedisRun } from './redis-run.js';
import { roomKeys } from './room-keys.js';
import type { NewMessage, Position, Replay, RoomLog } from './room-log.js';
import { appendScript, replayScript } from './room-scripts.js';

/** How long a repeated `clientId` is recognised by default. */
const DEDUPE_SECONDS = 600;
/** A room in which nobody says or reads anything for this long is forgotten. */
const keptMs = 30 * 86_400_000;
/** Messages given to someone who has not been here before. */
const recentLength = 100;
/** A replay is one frame: beyond this, a slow reader could never take it in. */
const mostReplayedCharacters = 262_144;

type Entry = readonly [id: string, fields: readonly string[]];

/** `RoomLog` in a Redis Stream per room, capped at `historyLength` messages. */
export class RedisRoomLog implements RoomLog {
  private readonly run: RedisRun;
  private readonly outbox: Outbox;
  private readonly appendScript: string;

  constructor(
    private readonly redis: Redis,
    prefix: string,
    private readonly historyLength: number,
  ) {
    this.run = new RedisRun(redis);
    this.outbox = new Outbox(redis, prefix);
    this.appendScript = appendScript(this.outbox.partitioned ? 'SPUBLISH' : 'PUBLISH');
  }

  async append(room: string, message: NewMessage): Promise<{ offset: number }> {
    const { userId, from, text, clientId, recognisedSeconds = DEDUPE_SECONDS, posted } = message;
    const keys = roomKeys(this.outbox, room);
    const offset = await this.redis.eval(
      this.appendScript,
      ...[4, keys.state, keys.log, keys.sent(userId, clientId), this.outbox.key(room)],
      ...[await this.run.id(), randomUUID(), keptMs],
      ...[keys.channel, this.historyLength, randomUUID(), from, text, new Date().toISOString(), recognisedSeconds],
      posted === undefined ? '' : JSON.stringify(posted),
    );
    return { offset: Number(offset) };
  }

  async replay(room: string, after?: Position): Promise<Replay> {
    const { entries, ...replay } = await this.read(room, after, Math.min(recentLength, this.historyLength));
    const messages = newestThatFit(entries.map(toMessage));
    return { ...replay, recovered: replay.recovered && messages.length === entries.length, messages };
  }

  async history(room: string, after: number): Promise<Pick<Replay, 'epoch' | 'messages'>> {
    const { epoch, entries } = await this.read(room, undefined, this.historyLength);
    return { epoch, messages: entries.map(toMessage).filter(({ offset }) => offset > after) };
  }

  private async read(room: string, after: Position | undefined, mostWithoutPosition: number) {
    const keys = roomKeys(this.outbox, room);
    const answer = await this.redis.eval(
      replayScript,
      ...[2, keys.state, keys.log],
      ...[await this.run.id(), randomUUID(), keptMs],
      ...[after?.epoch ?? '', after?.offset ?? 0, mostWithoutPosition],
    );
    const [epoch, offset, follows, entries] = answer as [string, number, number, Entry[]];
    return { epoch, offset, recovered: follows === 1, entries };
  }
}

function newestThatFit(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  let characters = 0;
  const tooMuch = messages.findLastIndex(({ text }) => {
    characters += text.length;
    return characters > mostReplayedCharacters;
  });
  return messages.slice(tooMuch + 1);
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
