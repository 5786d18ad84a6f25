import type { AffinityTokens } from '../affinity/affinity-cookie.js';
import type { RouteReason } from '../proxy-api.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Wish } from './choice.js';

/** The Set-Cookie line for a client that is not bound to this destination yet; empty for one that is. */
export function affinityCookieLine(
  tokens: AffinityTokens<Destination>,
  upstream: Upstream,
  destination: Destination,
  { cookie }: Wish,
  reason: RouteReason,
): string {
  const { affinity } = upstream.config;
  if (affinity?.cookie === undefined || reason === 'affinity' || reason === 'draining') return '';
  if (cookie !== undefined && tokens.destinationOf(upstream.name, cookie) === destination) return '';
  const value = tokens.issue(upstream.name, destination.token, cookie);
  const maxAge = affinity.maxAgeSeconds === undefined ? '' : `; Max-Age=${affinity.maxAgeSeconds}`;
  const secure = affinity.secure ? '; Secure' : '';
  return `Set-Cookie: ${affinity.cookie}=${value}; Path=/; HttpOnly; SameSite=Lax${maxAge}${secure}\r\n`;
}
