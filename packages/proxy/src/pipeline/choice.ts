import type { AffinityTokens, Binding } from '../affinity/affinity-cookie.js';
import { bestByAddress } from '../affinity/best-by-address.js';
import { type Bound, chooseBound } from '../affinity/choose-bound.js';
import { CLIENT_LENGTH } from '../affinity/client-part.js';
import { cookieValueAt, findCookie, readCookie } from '../affinity/read-cookie.js';
import { hash32 } from '../hash.js';
import { COOKIE, headerId } from '../http1/header-name.js';
import type { RequestHead } from '../http1/request-head.js';
import type { ProblemCode } from '../problem.js';
import type { RouteReason } from '../proxy-api.js';
import type { Chosen, Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';

/** The parts of a request that the choice of a destination reads. They are kept for a second choice. */
export interface Wish {
  /** Value of the affinity cookie, if any. */
  readonly cookie: string | undefined;
  /** The binding in that cookie. */
  readonly binding: Binding<Destination> | undefined;
  /** 32-bit hash of the value that the request is to be bound to. */
  readonly key: number;
}

export const NO_WISH: Wish = { cookie: undefined, binding: undefined, key: 0 };

/** Reads only what the upstream's affinity and policy use. */
export function readWish(
  upstream: Upstream,
  tokens: AffinityTokens<Destination>,
  head: RequestHead,
  clientAddress: string,
): Wish {
  const { affinity, hash } = upstream.config;
  const byAddress = affinity?.by === 'address';
  if (affinity === undefined && !upstream.policy.needsKey) return NO_WISH;
  let key = 0;
  if (upstream.policy.needsKey || byAddress) {
    let text: string | undefined;
    if (!byAddress && hash !== undefined) {
      text = 'cookie' in hash ? cookieOf(head, hash.cookie) : headerOf(head, hash.header);
    }
    key = hash32(text ?? clientAddress);
  }
  if (affinity?.cookie === undefined || byAddress) return { ...NO_WISH, key };
  if (affinity.appCookie !== undefined && cookieOf(head, affinity.appCookie) === undefined) return { ...NO_WISH, key };
  return readBinding(upstream, tokens, head, affinity.cookie, key);
}

/** A client may send several cookies of one name, and some may be stale: the first with a known destination counts. */
function readBinding(
  upstream: Upstream,
  tokens: AffinityTokens<Destination>,
  head: RequestHead,
  name: string,
  key: number,
): Wish {
  const { ids, count } = head.fields;
  let fallback: Wish | undefined;
  for (let i = 0; i < count; i++) {
    if (ids[i] !== COOKIE) continue;
    const header = head.value(i);
    for (let at = findCookie(header, name, 0); at >= 0; at = findCookie(header, name, at)) {
      const cookie = cookieValueAt(header, at);
      const binding = tokens.read(upstream.name, cookie, upstream.config.affinity?.maxAgeSeconds);
      if (binding !== undefined && binding.destination !== null) return { cookie, binding, key };
      if (fallback === undefined || (fallback.binding === undefined && binding !== undefined)) {
        fallback = { cookie, binding, key };
      }
    }
  }
  return fallback ?? { cookie: undefined, binding: undefined, key };
}

/** The outcome: a destination with its reason, a problem, or waiting for room at one destination (null: at any). */
export type Choice = Chosen | { readonly problem: ProblemCode } | { readonly waitsFor: Destination | null };

/** A cookie that names a destination which was removed. */
const GONE: Bound = { acceptsBound: false, draining: false };

/** Chooses a destination by affinity, or else by the policy among the healthy candidates. */
export function choose(upstream: Upstream, wish: Wish): Choice {
  const { affinity } = upstream.config;
  let reason: RouteReason = 'picked';
  if (affinity !== undefined) {
    const byAddress = affinity.by === 'address';
    const bound = byAddress ? homeOf(upstream, wish) : wish.binding?.destination;
    const decision = chooseBound(bound === null ? GONE : bound, affinity);
    if (decision === 'refuse') return { problem: 'affinity_lost' };
    if (decision === 'stay' || decision === 'stay-draining') {
      const destination = bound as Destination;
      if (upstream.isFull(destination)) return { waitsFor: destination };
      if (wish.cookie !== undefined) destination.clients.seen(wish.cookie.slice(0, CLIENT_LENGTH));
      return decision === 'stay' ? destination.asBound : destination.asDraining;
    }
    if (decision === 'redistribute') {
      reason = 'redistributed';
      const next = byAddress ? nextOf(upstream, wish, undefined) : undefined;
      if (next !== undefined) return upstream.isFull(next) ? { waitsFor: next } : { destination: next, reason };
    }
  }
  const destination = upstream.policy.pick(upstream.candidates(), wish.key);
  if (destination !== undefined) return reason === 'picked' ? destination.asPicked : { destination, reason };
  return upstream.hasHealthy ? { waitsFor: null } : { problem: 'no_destination' };
}

/** Another destination than the one that failed; undefined when there is none. */
export function chooseOther(upstream: Upstream, failed: Destination, wish: Wish): Destination | undefined {
  if (upstream.config.affinity?.by === 'address') return nextOf(upstream, wish, failed);
  const others = upstream.candidates().filter((destination) => destination !== failed);
  return upstream.retryPolicy.pick(others, wish.key);
}

/** Returns the destination of this address when all are up. */
function homeOf(upstream: Upstream, wish: Wish): Destination | undefined {
  return bestByAddress(upstream.destinations.values(), wish.key, ({ draining }) => !draining);
}

/** Returns the first destination in this address's order that may take it, except `failed`. */
function nextOf(upstream: Upstream, wish: Wish, failed: Destination | undefined): Destination | undefined {
  const fits = (one: Destination): boolean => one !== failed && !one.draining && one.acceptsBound;
  return bestByAddress(upstream.destinations.values(), wish.key, fits);
}

/** The value of the request's first cookie of this name. */
export function cookieOf(head: RequestHead, name: string): string | undefined {
  const { ids, count } = head.fields;
  for (let i = 0; i < count; i++) {
    if (ids[i] !== COOKIE) continue;
    const value = readCookie(head.value(i), name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function headerOf(head: RequestHead, name: string): string | undefined {
  const { fields, text } = head;
  const wanted = name.toLowerCase();
  const bytes = Buffer.from(wanted, 'latin1');
  const id = headerId(bytes, 0, bytes.length);
  for (let i = 0; i < fields.count; i++) {
    if (fields.ids[i] !== id) continue;
    if (text.slice(fields.nameStarts[i], fields.nameEnds[i]).toLowerCase() === wanted) return head.value(i);
  }
  return undefined;
}
