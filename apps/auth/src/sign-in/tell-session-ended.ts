import { newEvent, Outbox, outboxLua } from '@holdfast/events';
import type { Redis } from 'ioredis';

/** Longer than an instance can take to learn of an end. */
const TOLD_SECONDS = 3600;

/** KEYS: told, outbox. ARGV: event. */
const TELL_ONCE = `
if redis.call('SET', KEYS[1], 1, 'NX', 'EX', ${TOLD_SECONDS}) then ${outboxLua('KEYS[2]', 'ARGV[1]')} end`;

/** Publishes the end of a session to the other services: once, even if several instances call it. `sessionId` is the public id. */
export async function tellSessionEnded(
  redis: Redis,
  prefix: string,
  { sessionId, userId, reason }: { readonly sessionId: string; readonly userId: string; readonly reason: string },
): Promise<void> {
  const event = newEvent('session.ended', { key: userId, data: { sessionId, reason } });
  const outbox = new Outbox(redis, prefix);
  const keys = [`${prefix}auth:told:${outbox.tag(userId)}${sessionId}`, outbox.key(userId)] as const;
  await redis.eval(TELL_ONCE, keys.length, ...keys, JSON.stringify(event));
}
