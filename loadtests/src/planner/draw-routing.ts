import { POLICY_NAMES } from '@holdfast/proxy/policies';
import { z } from 'zod';
import { sum } from '../measures/window.js';
import type { Counted } from '../results/results.js';
import { RoutedUsers } from './routed-users.js';

const UNEVEN = 1.1;

export const routingOptions = z
  .strictObject({
    policy: z.enum(POLICY_NAMES),
    /** Whether a cookie keeps each user on the first server that the policy chose. */
    cookie: z.boolean().default(false),
    /** Hash policies only: the most requests in flight of one server, in times of the mean. */
    boundedLoad: z.number().min(1).max(10).optional(),
    users: z.int().min(1).max(10_000),
    requestsPerUser: z.int().min(1).max(1_000).default(16),
    /** So many users make half of all requests. */
    heavyUsers: z.int().min(0).max(1_000).default(0),
    /** Whether one request in twenty takes twenty times as long. */
    unequalWork: z.boolean().default(false),
    /** Times that addresses and requests are drawn, each with a seed of its own. */
    draws: z.int().min(1).max(1_000).default(100),
  })
  .refine(({ users, heavyUsers }) => heavyUsers < users, { path: ['heavyUsers'], error: 'must be fewer than users' });
export type RoutingOptions = z.infer<typeof routingOptions>;

export interface DrawnRouting {
  readonly unevenRequests: Counted;
  readonly unevenWork: Counted;
  readonly moved: { readonly steady: Counted; readonly serverGone: Counted; readonly serverAdded: Counted };
  readonly maxShareOverMean: number;
  readonly maxWorkOverMean: number;
}

/** Draws users and their requests as often as asked: first all servers stay, then one goes, then, of as many as at first, one comes. */
export function drawRouting(options: RoutingOptions, seed: number): DrawnRouting {
  const draws = Array.from({ length: options.draws }, (_, n) => drawOnce(options, seed * 10_000 + n));
  const pooled = (of: (one: Draw) => Counted): Counted => ({
    hit: sum(draws, (one) => of(one).hit),
    of: sum(draws, (one) => of(one).of),
  });
  const uneven = (of: (one: Draw) => number): Counted => ({
    hit: draws.filter((one) => of(one) > UNEVEN).length,
    of: draws.length,
  });
  return {
    unevenRequests: uneven(({ requests }) => requests),
    unevenWork: uneven(({ work }) => work),
    moved: {
      steady: pooled(({ steady }) => steady),
      serverGone: pooled(({ serverGone }) => serverGone),
      serverAdded: pooled(({ serverAdded }) => serverAdded),
    },
    maxShareOverMean: sum(draws, ({ requests }) => requests) / draws.length,
    maxWorkOverMean: sum(draws, ({ work }) => work) / draws.length,
  };
}

type Draw = ReturnType<typeof drawOnce>;

function drawOnce(options: RoutingOptions, seed: number) {
  const requests = options.users * options.requestsPerUser;
  const start = () => {
    const routed = new RoutedUsers({ ...options, seed });
    routed.send(requests);
    return routed;
  };
  const routed = start();
  const seen = { requests: routed.maxOverMean('requests'), work: routed.maxOverMean('work'), steady: routed.moved() };
  routed.removeLastServer();
  const grown = start();
  grown.addServer();
  return { ...seen, serverGone: movedBy(routed, requests), serverAdded: movedBy(grown, requests) };
}

function movedBy(routed: RoutedUsers, requests: number): Counted {
  routed.watchMoves();
  routed.send(requests);
  return routed.moved();
}
