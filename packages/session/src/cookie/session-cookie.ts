import { signSid, unsignSid } from './signed-cookie.js';

/**
 * The first cookie of that name in a Cookie header, decoded, or undefined. The first is deterministic when a client
 * sends several: browsers list the most specific path first (RFC 6265 section 5.4).
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + name.length)) {
    const equals = at + name.length;
    if (header.charCodeAt(equals) !== 61 /* = */ || !startsPair(header, at)) continue;
    const end = header.indexOf(';', equals);
    return decode(header.slice(equals + 1, end === -1 ? undefined : end).trim());
  }
  return undefined;
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
    // Malformed escapes are left alone: the signature check turns them into "no session".
    return value;
  }
}

export interface SessionCookieOptions {
  readonly cookieName: string;
  readonly secure: boolean;
  readonly secrets: readonly string[];
}

/** The sid of the request's session cookie, if it is there and one of our keys signed it. */
export function readSid(header: string | undefined, options: SessionCookieOptions): string | undefined {
  const value = readCookie(header, options.cookieName);
  return value === undefined ? undefined : unsignSid(value, options.secrets);
}

/** Set-Cookie line for a sid: HttpOnly, SameSite=Lax, no Domain, and no Expires since the server decides on expiry. */
export function sessionCookie(sid: string, options: SessionCookieOptions): string {
  const value = encodeURIComponent(signSid(sid, options.secrets[0] ?? ''));
  return `${options.cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** Set-Cookie line that removes the session cookie. */
export function clearedCookie(options: SessionCookieOptions): string {
  const attributes = `Path=/; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
  return `${options.cookieName}=; ${attributes}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`;
}
