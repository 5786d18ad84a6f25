import { type AffinityTokens, clientOf } from '../affinity/affinity-cookie.js';
import { chooseBound } from '../affinity/choose-bound.js';
import { readCookie } from '../affinity/read-cookie.js';
import { hash32, mix32 } from '../hash.js';
import { COOKIE, headerId } from '../http1/header-name.js';
import type { RequestHead } from '../http1/request-head.js';
import type { ProblemCode } from '../problem.js';
import type { RouteReason } from '../proxy-api.js';
import type { Chosen, Destination } from '../upstreams/destination.js';
import type { Upstream } from '../upstreams/upstream.js';

/** What the choice of a destination needs from a request; kept for a second choice after the head is gone. */
export interface Wish {
  /** Value of the affinity cookie, if any. */
  readonly cookie: string | undefined;
  /** 32-bit hash of what the request is to be bound to. */
  readonly key: number;
}

const nothing: Wish = { cookie: undefined, key: 0 };

/** Reads from the head what the upstream's affinity and policy ask for, and nothing else. */
export function readWish(upstream: Upstream, head: RequestHead, clientAddress: string): Wish {
  const { affinity, hash } = upstream.config;
  const byAddress = affinity?.by === 'address';
  if (affinity === undefined && !upstream.policy.needsKey) return nothing;
  let cookie: string | undefined;
  if (affinity?.cookie !== undefined && !byAddress) cookie = cookieOf(head, affinity.cookie);
  let key = 0;
  if (upstream.policy.needsKey || byAddress) {
    let text: string | undefined;
    if (hash !== undefined && 'cookie' in hash) text = cookieOf(head, hash.cookie);
    else if (hash !== undefined) text = headerOf(head, hash.header);
    key = hash32(text ?? clientAddress);
  }
  return { cookie, key };
}

/** Where a request goes and why, or why it goes nowhere. */
export type Choice = Chosen | { readonly problem: ProblemCode } | { readonly wait: true };

/** Health, then affinity, then balancing. */
export function choose(upstream: Upstream, tokens: AffinityTokens<Destination>, wish: Wish): Choice {
  const { affinity } = upstream.config;
  let reason: RouteReason = 'picked';
  if (affinity !== undefined) {
    const bound = affinity.by === 'address' ? boundByAddress(upstream, wish) : boundByCookie(upstream, tokens, wish);
    const decision = chooseBound(bound, affinity.onFailure);
    if (decision === 'refuse') return { problem: 'affinity_lost' };
    if (decision === 'redistribute') reason = 'redistributed';
    if (bound !== undefined && (decision === 'stay' || decision === 'stay-draining')) {
      if (upstream.isFull(bound)) return { wait: true };
      if (wish.cookie !== undefined) bound.clients.seen(clientOf(wish.cookie));
      return decision === 'stay' ? bound.asBound : bound.asDraining;
    }
  }
  const destination = upstream.policy.pick(upstream.candidates(), wish.key);
  if (destination !== undefined) return reason === 'picked' ? destination.asPicked : { destination, reason };
  return upstream.hasHealthy ? { wait: true } : { problem: 'no_destination' };
}

/** Another destination than the one that failed; undefined when there is none. */
export function chooseOther(upstream: Upstream, failed: Destination, wish: Wish): Destination | undefined {
  const others = upstream.candidates().filter((destination) => destination !== failed);
  return upstream.policy.pick(others, wish.key);
}

function boundByCookie(upstream: Upstream, tokens: AffinityTokens<Destination>, wish: Wish): Destination | undefined {
  return wish.cookie === undefined ? undefined : tokens.destinationOf(upstream.name, wish.cookie);
}

/** The rendezvous winner among all destinations, up or not: the one this address would have if nothing had failed. */
function boundByAddress(upstream: Upstream, wish: Wish): Destination | undefined {
  let best: Destination | undefined;
  let bestScore = -1;
  for (const destination of upstream.destinations.values()) {
    if (destination.draining) continue;
    const score = mix32(wish.key ^ destination.hash);
    if (score > bestScore) {
      best = destination;
      bestScore = score;
    }
  }
  return best;
}

function cookieOf(head: RequestHead, name: string): string | undefined {
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
