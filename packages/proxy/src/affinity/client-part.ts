import { randomBytes } from 'node:crypto';

/** Characters of the client part, the first of a cookie's value. */
export const CLIENT_LENGTH = 8;
/** Random bytes are drawn for many clients at once, because one draw costs almost as much as a small request. */
const DRAWN_BYTES = 6144;

let drawn = '';
let used = 0;

/** A new random client part of an affinity cookie. */
export function newClient(): string {
  if (used >= drawn.length) {
    drawn = randomBytes(DRAWN_BYTES).toString('base64url');
    used = 0;
  }
  used += CLIENT_LENGTH;
  return drawn.slice(used - CLIENT_LENGTH, used);
}

/** Reads the client part of a cookie's value; undefined when the value does not begin with one. */
export function clientOf(value: string): string | undefined {
  const client = value.slice(0, CLIENT_LENGTH);
  return /^[A-Za-z0-9_-]{8}$/.test(client) ? client : undefined;
}
