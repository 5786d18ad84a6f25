import { LEAST_USERS } from '../ledger/validity.js';

/**
 * The mistake in a number of users that is a multiple of a number of servers: in lock-step each would meet the same server for ever,
 * and round robin over server memory would look harmless.
 */
export function whyEvenShare(users: number, servers: readonly number[]): string | undefined {
  const sharedBy = (n: number): number | undefined => servers.find((count) => count > 1 && n % count === 0);
  const count = sharedBy(users);
  if (count === undefined) return undefined;
  const isGood = (n: number): boolean => n >= LEAST_USERS && sharedBy(n) === undefined;
  let distance = 1;
  while (!isGood(users - distance) && !isGood(users + distance)) distance++;
  const nearest = [users - distance, users + distance].filter(isGood);
  return `${users} is a multiple of ${count} servers, which hides an uneven share; write ${nearest.join(' or ')}`;
}
