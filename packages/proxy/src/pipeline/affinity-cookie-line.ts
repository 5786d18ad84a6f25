import type { AffinityTokens, Binding } from '../affinity/affinity-cookie.js';
import type { UpstreamConfig } from '../config/proxy-config.js';
import { SET_COOKIE } from '../http1/header-name.js';
import type { ResponseHead } from '../http1/response-head.js';
import type { Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Wish } from './choice.js';

type AffinityConfig = NonNullable<UpstreamConfig['affinity']>;

/**
 * Returns the Set-Cookie line for a client that is not bound to this destination yet, or whose cookie must be renewed: it is
 * sliding, or was signed with an old secret. Returns an empty text for any other client, and for one that is not bound while this
 * answer lacks the application's cookie where affinity asks for it.
 */
export function affinityCookieLine(
  tokens: AffinityTokens<Destination>,
  upstream: Upstream,
  destination: Destination,
  { cookie, binding }: Wish,
  answer: ResponseHead,
  nowMs: () => number = Date.now,
): string {
  const { affinity } = upstream.config;
  if (affinity?.cookie === undefined) return '';
  if (affinity.appCookie !== undefined && binding === undefined && !sets(answer, affinity.appCookie)) return '';
  const stays = binding !== undefined && binding.destination === destination;
  if (stays && !isDue(affinity, binding)) return '';
  const { maxAgeSeconds, sliding } = affinity;
  // A renewed signature does not restart a lifetime that is not sliding.
  const issuedMs = stays && !sliding ? binding.issuedMs : undefined;
  const value = tokens.issue(upstream.name, destination.token, cookie, issuedMs);
  if (maxAgeSeconds === undefined) return `Set-Cookie: ${affinity.cookie}=${value}${upstream.cookieAttributes}\r\n`;
  const passedSeconds = issuedMs === undefined ? 0 : Math.floor((nowMs() - issuedMs) / 1000);
  const maxAge = Math.max(1, maxAgeSeconds - Math.max(0, passedSeconds));
  return `Set-Cookie: ${affinity.cookie}=${value}${upstream.cookieAttributes}; Max-Age=${maxAge}\r\n`;
}

function isDue({ maxAgeSeconds, sliding }: AffinityConfig, { isCurrent, issuedMs }: Binding<Destination>): boolean {
  return sliding || !isCurrent || (maxAgeSeconds === undefined) !== (issuedMs === undefined);
}

function sets(answer: ResponseHead, cookie: string): boolean {
  const { ids, count } = answer.fields;
  for (let i = 0; i < count; i++) if (ids[i] === SET_COOKIE && answer.value(i).startsWith(`${cookie}=`)) return true;
  return false;
}
