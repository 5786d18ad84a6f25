import { parseArgs } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import type { RedisClient } from '../outbox.js';
import { UnreadableEventError } from './dead-letters.js';
import { RedisDeadLetters } from './redis-dead-letters.js';

const USAGE = `usage: npm run dead-letters -w @holdfast/events -- <command>
  list [--limit <n>] [--after <id>]   a page of letters, oldest first, one JSON object a line; default: 100
  replay <id>…                        gives the events to their group again
  replay --all [--limit <n>]          the oldest n letters; default: 1000
  discard <id>…                       removes the letters for good
  discard --unreadable                removes all letters that hold no valid event
Reads REDIS_URL (redis://host:port or redis+cluster://host:port,host:port) and KEY_PREFIX (default hf:).
`;

const { REDIS_URL, KEY_PREFIX = 'hf:' } = process.env;
const asked = readArguments(process.argv.slice(2));
if (REDIS_URL === undefined || asked === undefined) {
  process.stderr.write(REDIS_URL === undefined ? `Set REDIS_URL to the address of Redis.\n${USAGE}` : USAGE);
  process.exit(1);
}

const redis = connect(REDIS_URL);
// The command that fails reports why.
redis.on('error', () => undefined);
try {
  const letters = new RedisDeadLetters(redis, KEY_PREFIX);
  await run(letters, asked);
} catch (error) {
  process.stderr.write(`Redis did not answer: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  redis.disconnect();
}

type Asked =
  | { readonly command: 'list'; readonly limit: number; readonly after: string | undefined }
  | { readonly command: 'replay' | 'discard'; readonly ids: readonly string[] }
  | { readonly command: 'replay all'; readonly limit: number }
  | { readonly command: 'discard unreadable' };

/** Undefined when the arguments do not make sense. */
function readArguments(args: readonly string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        unreadable: { type: 'boolean', default: false },
        limit: { type: 'string' },
        after: { type: 'string' },
      },
    });
    const [command, ...ids] = positionals;
    const { all, unreadable, after } = values;
    if (values.limit !== undefined && !/^[1-9]\d{0,8}$/.test(values.limit)) return undefined;
    const limit = (byDefault: number) => (values.limit === undefined ? byDefault : Number(values.limit));
    if (command === 'list' && ids.length === 0) return { command, limit: limit(100), after };
    if (command === 'replay' && all && ids.length === 0) return { command: 'replay all', limit: limit(1_000) };
    if (command === 'discard' && unreadable && ids.length === 0) return { command: 'discard unreadable' };
    if ((command === 'replay' || command === 'discard') && ids.length > 0) return { command, ids };
    return undefined;
  } catch {
    return undefined;
  }
}

async function run(letters: RedisDeadLetters, asked: Asked): Promise<void> {
  switch (asked.command) {
    case 'list': {
      const page = await letters.list(asked.limit, asked.after);
      for (const letter of page) process.stdout.write(`${JSON.stringify(letter)}\n`);
      const last = page.at(-1)?.id;
      const more = last !== undefined && (await letters.list(1, last)).length > 0;
      const total = await letters.count();
      if (more) process.stderr.write(`${page.length} of ${total} dead letters; the next page: list --after ${last}\n`);
      return;
    }
    case 'replay all': {
      const { replayed, unreadable, left } = await letters.replayAll(asked.limit);
      for (const id of replayed) process.stdout.write(`replayed ${id}\n`);
      if (left > 0) process.stderr.write(`${left} dead letters are left: run it again\n`);
      if (unreadable > 0) process.stderr.write(`${unreadable} hold no valid event and stay: discard --unreadable\n`);
      return;
    }
    case 'discard unreadable':
      process.stdout.write(`discarded ${await letters.discardUnreadable()}\n`);
      return;
    default:
      for (const id of asked.ids) await one(letters, asked.command, id);
  }
}

async function one(letters: RedisDeadLetters, command: 'replay' | 'discard', id: string): Promise<void> {
  try {
    if (await letters[command](id)) {
      process.stdout.write(`${command}ed ${id}\n`);
      return;
    }
    process.stdout.write(`no dead letter ${id}\n`);
  } catch (error) {
    if (!(error instanceof UnreadableEventError)) throw error;
    process.stderr.write(`${error.message}\n`);
  }
  process.exitCode = 1;
}

function connect(url: string): RedisClient {
  if (!/^rediss?\+cluster:/.test(url)) return new Redis(url, { maxRetriesPerRequest: 1 });
  const [first = '', ...others] = url.replace('+cluster', '').split(',');
  const { protocol, username, password } = new URL(first);
  return new Cluster([first, ...others.map((server) => `${protocol}//${server}`)], {
    clusterRetryStrategy: () => null,
    redisOptions: {
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  });
}
