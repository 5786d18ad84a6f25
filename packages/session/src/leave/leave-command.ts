#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { SessionUnavailableError } from '../errors/session-error.js';
import { findNotCopied, type NotCopied } from './find-not-copied.js';

const USAGE = `holdfast-session-leave: whether our format can be given up for connect-redis's without logging anyone out.
  REDIS_URL=redis://host:port holdfast-session-leave [--from hf:session:] [--to sess:]
  --from  prefix of our keys: prefix and session: of createSessions, or the prefix of RedisSessionStore
  --to    prefix of connect-redis
Exit code 0: every session has a copy; 1: not yet; 2: it could not be told.`;

try {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: 'hf:session:' },
      to: { type: 'string', default: 'sess:' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) console.log(USAGE);
  else await tell(values.from, values.to);
} catch (error) {
  console.error(`${mistake(error)}\n${USAGE}`);
  process.exitCode = 2;
}

async function tell(from: string, to: string): Promise<void> {
  if (!process.env.REDIS_URL) throw new Error('REDIS_URL: is missing; set it to the address of your Redis');
  // The application installs ioredis, or npx is given it: the package depends on no client.
  const { Redis } = await import('ioredis');
  const redis = new Redis(process.env.REDIS_URL, { retryStrategy: () => null });
  // The failed command reports the same error.
  redis.on('error', () => undefined);
  try {
    const state = await findNotCopied(redis, from, to);
    console.log(sentence(state));
    process.exitCode = state.notCopied === 0 ? 0 : 1;
  } finally {
    redis.disconnect();
  }
}

function mistake(error: unknown): string {
  if (error instanceof SessionUnavailableError)
    return 'REDIS_URL: no Redis answers there; correct it, or start that Redis';
  return error instanceof Error ? error.message : String(error);
}

function sentence({ sessions, notCopied, lastEndsInMs }: NotCopied): string {
  if (notCopied === 0) return `All ${sessions} sessions have a copy: connect-redis can be used alone.`;
  const end = Number.isFinite(lastEndsInMs)
    ? `The last of them has expired at ${new Date(Date.now() + lastEndsInMs).toISOString()}, if it is not used before.`
    : 'One of them never expires.';
  return `${notCopied} of ${sessions} sessions have no copy yet: their users have not been back since the move began. ${end}`;
}
