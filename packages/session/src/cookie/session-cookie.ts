import type { SessionCookieSettings } from '../options/cookie-options.js';
import { type SignedSid, signSid, unsignSid } from './signed-cookie.js';

/** A client that sends more cookies of one name than this has set them itself. */
const MAX_COOKIES_TRIED = 8;

/**
 * The cookies of that name in a Cookie header, decoded, in their order, at most eight. Browsers list the most specific
 * path first (RFC 6265 section 5.4).
 */
export function readCookies(header: string | undefined, name: string): string[] {
  const values: string[] = [];
  if (header === undefined) return values;
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + name.length)) {
    const equals = at + name.length;
    if (header.charCodeAt(equals) !== 61 /* = */ || !startsPair(header, at)) continue;
    const end = header.indexOf(';', equals);
    values.push(decode(header.slice(equals + 1, end === -1 ? undefined : end).trim()));
    if (values.length === MAX_COOKIES_TRIED) break;
  }
  return values;
}

function startsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (header.charCodeAt(before) === 32 || header.charCodeAt(before) === 9)) before -= 1;
  return before < 0 || header.charCodeAt(before) === 59; /* ; */
}

function decode(raw: string): string {
  const value = raw.length > 1 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw;
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    // A malformed escape is kept as it is: the signature check turns it into "no session".
    return value;
  }
}

export type { SignedSid };

export interface SessionCookieOptions extends SessionCookieSettings {
  readonly secrets: readonly string[];
}

const NONE: readonly SignedSid[] = [];

/**
 * The sids of the request's session cookies that one of our keys signed, in their order, each once. A stale or foreign
 * cookie of the same name, say of a parent domain or another path, does not hide a good one.
 */
export function readSids(header: string | undefined, options: SessionCookieOptions): readonly SignedSid[] {
  const values = readCookies(header, options.cookieName);
  if (values.length === 0) return NONE;
  const signed: SignedSid[] = [];
  for (const value of values) {
    const found = unsignSid(value, options.secrets);
    if (found !== undefined && !signed.some(({ sid }) => sid === found.sid)) signed.push(found);
  }
  return signed;
}

/**
 * Set-Cookie line for a sid: HttpOnly always, the rest as the options say. `isTls`: whether the request came over TLS, for
 * `secure: 'auto'`.
 */
export function sessionCookie(sid: string, options: SessionCookieOptions, isTls: boolean): string {
  const value = encodeURIComponent(signSid(sid, options.secrets[0] ?? ''));
  const { maxAgeMs } = options;
  const kept =
    maxAgeMs === undefined
      ? ''
      : `; Max-Age=${Math.floor(maxAgeMs / 1000)}; Expires=${new Date(Date.now() + maxAgeMs).toUTCString()}`;
  return `${options.cookieName}=${value}${attributes(options, isTls)}${kept}`;
}

/** Set-Cookie line that removes the session cookie. It has the attributes by which the browser identifies the cookie. */
export function clearedCookie(options: SessionCookieOptions, isTls: boolean): string {
  return `${options.cookieName}=${attributes(options, isTls)}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`;
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const;

function attributes({ path, domain, sameSite, secure, partitioned }: SessionCookieOptions, isTls: boolean): string {
  return [
    ...(domain === undefined ? [] : [`; Domain=${domain}`]),
    `; Path=${path}; HttpOnly; SameSite=${SAME_SITE[sameSite]}`,
    ...(secure === true || (secure === 'auto' && isTls) ? ['; Secure'] : []),
    ...(partitioned ? ['; Partitioned'] : []),
  ].join('');
}
