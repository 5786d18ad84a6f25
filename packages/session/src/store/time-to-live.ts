import type { SessionData } from 'express-session';
import { SessionConfigError } from '../errors/session-error.js';

/** Seconds, or a function of the session, as connect-redis takes it. */
export type TimeToLive = number | ((session: SessionData) => number);

/** Some 300 years. A longer lifetime, such as a cookie until 9999, is cut to it, since Redis could not add it up. */
export const MAX_LIFETIME_MS = 1e13;

/**
 * connect-redis's rule: the option if it is a function, else the cookie's expiry, else the option. The result is whole milliseconds;
 * connect-redis keeps a session until the next full second.
 * Throws `SessionConfigError`, which names the setting, for a value that is no time.
 */
export function timeToLiveMs(session: SessionData, ttl: TimeToLive, nowMs: number): number {
  if (typeof ttl === 'function') return secondsToMs('ttl: the function returned', ttl(session));
  const expires = session.cookie?.expires;
  if (!expires) return secondsToMs('ttl:', ttl);
  const seconds = (Number(new Date(expires)) - nowMs) / 1000;
  if (Number.isNaN(seconds))
    throw new SessionConfigError(['cookie.expires: is an invalid date; set a valid one or null']);
  return Math.min(Math.ceil(seconds * 1000), MAX_LIFETIME_MS);
}

/** Whole milliseconds, rounded up so that no session ends early. Throws `SessionConfigError`. */
export function secondsToMs(where: string, seconds: unknown): number {
  if (typeof seconds === 'number' && Number.isFinite(seconds))
    return Math.min(Math.ceil(seconds * 1000), MAX_LIFETIME_MS);
  const found = typeof seconds === 'string' ? JSON.stringify(seconds) : String(seconds);
  throw new SessionConfigError([`${where} ${found}; it must be a finite number of seconds`]);
}
