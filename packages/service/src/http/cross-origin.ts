import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method may only read (RFC 9110, 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

/**
 * Whether a browser says that another origin made this request: by Sec-Fetch-Site, which pages cannot set, else by an Origin
 * whose host is not ours. Clients other than browsers send neither and are not cross-origin.
 */
export function isCrossOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (headers.origin === undefined) return false;
  return !hasOwnOrigin(headers);
}

/** Whether the request carries an Origin that equals the host it was sent to, as a WebSocket upgrade must. */
export function hasOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || host === undefined) return false;
  try {
    // One side omits the scheme's default port, and the other may write it.
    const from = new URL(origin);
    return from.host !== '' && from.host === new URL(`${from.protocol}//${host}`).host;
  } catch {
    return false;
  }
}
