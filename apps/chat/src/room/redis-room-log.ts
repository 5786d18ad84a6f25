import { randomUUID } from 'node:crypto';
import { type ChatMessage, MOST_PER_PAGE } from '@holdfast/contracts';
import { Outbox } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { RedisRun } from './redis-run.js';
import { roomKeys } from './room-keys.js';
import type { History, NewMessage, PageBounds, Position, Replay, RoomLog } from './room-log.js';
import { appendScript, pageScript, replayScript } from './room-scripts.js';

/** How long a repeated `clientId` is recognised by default. */
const DEDUPE_SECONDS = 600;
/** Redis deletes a room that nobody wrote to or read for this long. */
const KEPT_MS = 30 * 86_400_000;
/** Most messages in the answer to a join without a position. */
const RECENT_LENGTH = 100;
/** Most messages in the answer to a join that names a position. */
const MOST_REPLAYED = 1000;
/** Most text in one frame or page, so that a slow reader can take it in. */
const MOST_TEXT_BYTES = 262_144;

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
      ...[await this.run.id(), randomUUID(), KEPT_MS],
      ...[keys.channel, this.historyLength, randomUUID(), from, text, new Date().toISOString(), recognisedSeconds],
      posted === undefined ? '' : JSON.stringify(posted),
    );
    return { offset: Number(offset) };
  }

  async replay(room: string, after?: Position): Promise<Replay> {
    const keys = roomKeys(this.outbox, room);
    const answer = await this.redis.eval(
      replayScript,
      ...[2, keys.state, keys.log],
      ...[await this.run.id(), randomUUID(), KEPT_MS],
      ...[after?.epoch ?? '', after?.offset ?? 0, RECENT_LENGTH, MOST_REPLAYED],
    );
    const [epoch, offset, follows, entries, oldest] = answer as [string, number, number, Entry[], number];
    const fitting = newestThatFit(entries.map(toMessage));
    const recovered = follows === 1 && fitting.length === entries.length;
    const first = fitting[0]?.offset ?? offset + 1;
    const hasHole = follows > 0 && !recovered && after !== undefined;
    return {
      ...{ epoch, offset, recovered, messages: fitting, more: oldest > 0 && oldest < first },
      ...(hasHole && { missing: { after: after.offset, before: first } }),
    };
  }

  async history(room: string, after?: number, { before, limit = MOST_PER_PAGE }: PageBounds = {}): Promise<History> {
    const keys = roomKeys(this.outbox, room);
    const isForward = after !== undefined && before === undefined;
    const [low, high] = [`(${after ?? 0}-0`, before === undefined ? '+' : `(${before}-0`];
    const answer = await this.redis.eval(
      pageScript,
      ...[2, keys.state, keys.log],
      ...[await this.run.id(), randomUUID(), KEPT_MS],
      ...(isForward ? ['XRANGE', low, high] : ['XREVRANGE', high, low]),
      limit + 1,
    );
    const [epoch, entries] = answer as [string, Entry[]];
    const messages = entries.slice(0, limit).map(toMessage);
    const page = isForward ? oldestThatFit(messages) : newestThatFit(messages.reverse());
    return { epoch, messages: page, more: page.length < entries.length };
  }
}

function newestThatFit(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  let bytes = 0;
  const tooMuch = messages.findLastIndex((message) => {
    bytes += textBytes(message);
    return bytes > MOST_TEXT_BYTES;
  });
  return messages.slice(tooMuch + 1);
}

function oldestThatFit(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  let bytes = 0;
  const tooMuch = messages.findIndex((message) => {
    bytes += textBytes(message);
    return bytes > MOST_TEXT_BYTES;
  });
  return tooMuch === -1 ? messages : messages.slice(0, tooMuch);
}

/** The size of the text in a frame, where a control character takes six bytes. */
function textBytes({ text }: ChatMessage): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
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
