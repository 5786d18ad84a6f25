import { randomBytes } from 'node:crypto';

const prefix = randomBytes(6).toString('hex');
let count = 0;

/** An id no other request of any process has: random per process, then counting. */
export function newRequestId(): string {
  return `${prefix}-${(count++).toString(36)}`;
}

/** The client's own `x-request-id` if it is harmless in logs and headers, else a new one. */
export function requestIdFrom(given: string | undefined): string {
  return given !== undefined && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : newRequestId();
}
