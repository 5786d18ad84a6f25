import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method may only read (RFC 9110, 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Whether a browser says that another origin made this request: by Sec-Fetch-Site, which pages cannot set, else by an
 * Origin whose host is not ours. Clients that are no browsers send neither and are not cross-origin.
 */
export function isCrossOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (headers.origin === undefined) return false;
  return !hasOwnOrigin(headers);
}

/** Whether the request carries an Origin, and it is the host it was sent to. What a WebSocket upgrade must show. */
export function hasOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || host === undefined) return false;
  try {
    // The scheme's default port is left out by one side and may be given by the other.
    const from = new URL(origin);
    return from.host !== '' && from.host === new URL(`${from.protocol}//${host}`).host;
  } catch {
    return false;
  }
}
