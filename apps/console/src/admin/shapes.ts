import { z } from 'zod';

/** What the page reads of `GET /upstreams`; fields it does not use are let through unread. */
export const upstreamList = z.object({
  upstreams: z.array(
    z.object({
      name: z.string(),
      policy: z.string(),
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

/** What the page reads of `GET /fleet`. */
export const processList = z.object({
  processes: z.array(
    z.object({
      id: z.string(),
      app: z.string(),
      fleet: z.string(),
      state: z.enum(['starting', 'ready', 'paused', 'stopped', 'killed', 'crashed', 'unreachable']),
      pid: z.number().nullable(),
      restarts: z.number(),
    }),
  ),
});
export type ProcessStatus = z.infer<typeof processList>['processes'][number];

/** `GET` and `PUT /scenario`. */
export const scenarioStatus = z.object({ active: z.string(), scenarios: z.array(z.string()) });

/** What the page reads of a `decision` event. */
export const decision = z.object({ upstream: z.string(), destination: z.string(), status: z.number() });
export type RoutedRequest = z.infer<typeof decision>;
