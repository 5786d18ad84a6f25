import type { policyShape } from '@holdfast/system/scenario';
import { z } from 'zod';

/** How the gateway chooses a server. */
export type PolicyName = z.infer<typeof policyShape>;

/** What the page reads of `GET /upstreams`; fields it does not use are let through unread. */
export const upstreamList = z.object({
  upstreams: z.array(
    z.object({
      name: z.string(),
      policy: z.string(),
      /** The name of the affinity cookie; null where every request is a new choice. */
      affinity: z.string().nullable(),
      hint: z.string().nullable(),
      destinations: z.array(
        z.object({
          id: z.string(),
          state: z.enum(['up', 'starting', 'slow', 'down', 'ejected', 'draining']),
          inFlight: z.number(),
          /** Open WebSockets. */
          tunnels: z.number(),
          boundClients: z.number(),
          counters: z.object({ requests: z.number(), failures: z.number() }),
        }),
      ),
    }),
  ),
});
export type UpstreamView = z.infer<typeof upstreamList>['upstreams'][number];

/** What the page reads of a process; the fleet answers a lever with it too. */
export const processStatus = z.object({
  id: z.string(),
  app: z.string(),
  fleet: z.string(),
  state: z.enum(['starting', 'ready', 'paused', 'stopped', 'killed', 'crashed', 'unreachable']),
  pid: z.number().nullable(),
  restarts: z.number(),
  /** Of a store: milliseconds of its last probe; null when that was not answered. */
  latencyMs: z.number().nullish(),
  /** Of a store behind a proxy: the delay that was asked for. */
  addedLatencyMs: z.number().optional(),
});
export type ProcessStatus = z.infer<typeof processStatus>;

/** What the page reads of `GET /fleet`. */
export const processList = z.object({ processes: z.array(processStatus) });

/** `GET` and `PUT /scenario`. */
export const scenarioStatus = z.object({ active: z.string(), scenarios: z.array(z.string()) });

const told = z.number().nullable();

/** `GET /upstreams/:u/sessions`; null: the server does not say. */
export const sessionCounts = z.object({
  destinations: z.array(
    z.object({
      id: z.string(),
      held: told,
      cached: told,
      /** Chat messages that it took from members, and published. */
      said: told,
      /** Chat messages that it wrote to members. */
      heard: told,
    }),
  ),
});
export type SessionCount = z.infer<typeof sessionCounts>['destinations'][number];

/** What the page reads of a `decision` event. */
export const decision = z.object({
  upstream: z.string(),
  destination: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
});
export type RoutedRequest = z.infer<typeof decision>;

/** A `change` event: a destination's new state, and why. */
export const change = z.object({
  upstream: z.string(),
  destination: z.string(),
  state: z.string(),
  because: z.string(),
});
export type StateChange = z.infer<typeof change>;
