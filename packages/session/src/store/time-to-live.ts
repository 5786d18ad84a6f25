import type { SessionData } from 'express-session';

/** Seconds, or a function of the session, as connect-redis takes it. */
export type TimeToLive = number | ((session: SessionData) => number);

/** connect-redis's rule: the option if it is a function, else the cookie's expiry, else the option. In milliseconds. */
export function timeToLiveMs(session: SessionData, ttl: TimeToLive, nowMs: number): number {
  if (typeof ttl === 'function') return ttl(session) * 1000;
  const expires = session.cookie?.expires;
  if (!expires) return ttl * 1000;
  return Math.ceil((Number(new Date(expires)) - nowMs) / 1000) * 1000;
}
