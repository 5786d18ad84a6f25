import { createHash } from 'node:crypto';

/** A short stand-in for a name or an address, so that keys have one length and show no personal data. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
