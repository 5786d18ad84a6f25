import { createSessions } from '@holdfast/session';
import type { Redis } from 'ioredis';
import { RedisAccountRepository } from '../accounts/redis-account.repository.js';
import type { Place } from '../operator-command.js';
import { tellSessionEnded } from '../sign-in/tell-session-ended.js';

/**
 * Ends every session of a user, on every service and open socket, for an operator whose user has lost an account to a stranger.
 * Resolves to their number, or to undefined if no user has that name. Rejects with `SessionUnsupportedError` for a store that has
 * no list of devices, and with `SessionUnavailableError` when Redis cannot confirm.
 */
export async function endSessions(redis: Redis, options: Place, username: string): Promise<number | undefined> {
  const account = await new RedisAccountRepository(redis, options.prefix).findByName(username);
  if (account === undefined) return undefined;
  const sessions = createSessions(options);
  try {
    const alive = await sessions.devices.list(account.id);
    const ended = await sessions.devices.endAll(account.id, 'revoked');
    // Without a running instance of auth, no other process publishes it.
    for (const { id: sessionId } of alive) {
      await tellSessionEnded(redis, options.prefix, { sessionId, userId: account.id, reason: 'revoked' });
    }
    return ended;
  } finally {
    await sessions.close();
  }
}
