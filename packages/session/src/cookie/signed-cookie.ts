import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 's:';

/** The cookie value for a sid, signed as express-session does: `s:<sid>.<HMAC-SHA256 in base64 without padding>`. */
export function signSid(sid: string, secret: string): string {
  return `${PREFIX}${sid}.${signature(sid, secret)}`;
}

/** A sid that one of our keys signed. */
export interface SignedSid {
  readonly sid: string;
  /** A key other than the first signed it, so the cookie must be signed again. */
  readonly isOldKey: boolean;
}

/** The sid of a signed cookie value, or undefined when no key signed it. Constant time per key. */
export function unsignSid(value: string, secrets: readonly string[]): SignedSid | undefined {
  if (!value.startsWith(PREFIX)) return undefined;
  const dot = value.lastIndexOf('.');
  if (dot <= PREFIX.length) return undefined;
  const sid = value.slice(PREFIX.length, dot);
  const given = Buffer.from(value.slice(dot + 1));
  for (const [n, secret] of secrets.entries()) {
    const expected = Buffer.from(signature(sid, secret));
    if (given.length === expected.length && timingSafeEqual(given, expected)) return { sid, isOldKey: n > 0 };
  }
  return undefined;
}

function signature(sid: string, secret: string): string {
  return createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, '');
}
