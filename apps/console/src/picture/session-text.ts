import type { ProcessStatus } from '../admin/shapes.js';
import { redisAnswers } from '../lab/store-servers.js';
import { isReachable } from '../lab/topology.js';
import type { PictureServer } from './picture-lane.js';
import type { SessionObject } from './session-object.js';

const ENDED: Readonly<Record<NonNullable<SessionObject['end']>, string>> = {
  logout: 'Session destroyed by the logout',
  ended: 'Session ended elsewhere',
  expired: 'Session expired',
  missing: 'Session no longer in the store: ended, expired or lost',
  forgotten: 'No login in this browser any more',
};

/** Whether the server or store that has the session can be reached; null: unknown, also while no place is known. */
export function placeAnswers(
  { place: { at } }: SessionObject,
  servers: readonly Pick<PictureServer, 'id' | 'mood'>[],
  processes: readonly ProcessStatus[] | null,
): boolean | null {
  if (at === 'redis') return redisAnswers(processes);
  if (at === 'memcached') {
    const memcached = processes?.find(({ app }) => app === 'memcached');
    return memcached === undefined ? null : memcached.state === 'ready';
  }
  const server = typeof at === 'object' ? servers.find(({ id }) => id === at.server) : undefined;
  return server === undefined ? null : isReachable(server.mood);
}

/** Where the session is, in words. `answers`: what `placeAnswers` says. */
export function placeText({ place, end, missedBy }: SessionObject, answers: boolean | null): string {
  if (end !== null) return ENDED[end];
  const { at, copies } = place;
  const missed = missedBy === null ? '' : `; ${missedBy} did not find it`;
  if (at === 'unknown') return `No login seen${missed}`;
  if (at === 'gone') return `Session gone with the process that had it${missed}`;
  if (typeof at === 'object') {
    return answers === false
      ? `Session last seen in the memory of ${at.server}, which is unreachable${missed}`
      : `Session in the memory of ${at.server}${missed}`;
  }
  const store = at === 'redis' ? 'Redis' : 'Memcached';
  if (answers === false) return `Session in ${store}, which is unreachable`;
  const copied = copies.length === 0 ? '' : `, copied into ${copies.join(', ')}`;
  return `Session in ${store}${copied}${missed}`;
}

/** Its age and its last reader, each unknown where this page did not see it. */
export function lifeText({ createdAt, lastReader }: SessionObject, now: number): string {
  const age = createdAt === null ? 'age unknown' : `${agoText(createdAt, now)} old`;
  const reader =
    lastReader === null ? 'read by nobody yet' : `read by ${lastReader.server} ${agoText(lastReader.at, now)} ago`;
  return `${age} · ${reader}`;
}

function agoText(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** What a box of the picture has of one browser's session. */
export type SessionToken = 'session' | 'copy' | 'not found';

/** What the server, or `redis` or `memcached`, has of the session; null: nothing that is known. */
export function tokenAt({ place: { at, copies }, end, missedBy }: SessionObject, id: string): SessionToken | null {
  if (end !== null) return null;
  if (at === id || (typeof at === 'object' && at.server === id)) return 'session';
  if (copies.includes(id)) return 'copy';
  return missedBy === id ? 'not found' : null;
}
