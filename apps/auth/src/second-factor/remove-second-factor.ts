import { newEvent } from '@holdfast/events';
import type { Redis } from 'ioredis';
import { RedisAccountRepository } from '../accounts/redis-account.repository.js';
import { endSessions } from '../devices/end-sessions.js';
import type { Place } from '../operator-command.js';
import { RedisSecondFactorRepository } from './redis-second-factor.repository.js';

/**
 * Ends every session of a user and removes the second factor, for an operator whose user has lost it. Resolves to the number of
 * sessions and whether there was a second factor, or to undefined if no user has that name. May be called again after it rejected,
 * for the reasons of `endSessions`: the second factor goes last.
 */
export async function removeSecondFactor(
  redis: Redis,
  place: Place,
  username: string,
): Promise<{ readonly ended: number; readonly removed: boolean } | undefined> {
  const account = await new RedisAccountRepository(redis, place.prefix).findByName(username);
  const ended = await endSessions(redis, place, username);
  if (account === undefined || ended === undefined) return undefined;
  const event = newEvent('second-factor.removed', { key: account.id, data: {} });
  const removed = await new RedisSecondFactorRepository(redis, place.prefix).remove(account.name, event);
  return { ended, removed };
}
