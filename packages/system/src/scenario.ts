import { z } from 'zod';

/** How the gateway chooses a server. */
export const policyShape = z.enum(['round-robin', 'least-requests', 'random-two', 'ip-hash', 'consistent-hash']);

/** The place of sessions: `SESSION_STORE` of the services. */
export const sessionStoreShape = z.enum(['memory', 'connect-redis', 'memcached', 'redis', 'cached']);

/**
 * The fate of data that a server acknowledged. `kept`: no user loses it. `bound`: only the users of the server that died lose it.
 * `lost`: any user may lose it.
 */
export const fateShape = z.enum(['kept', 'bound', 'lost']);
export type Fate = z.infer<typeof fateShape>;

const fates = z.strictObject({ logins: fateShape, todos: fateShape });

/** The expected fate while nothing happens, and when a server dies. The lab measures whether it holds. */
export const expectationShape = z.strictObject({ calm: fates, death: fates });
export type Expectation = z.infer<typeof expectationShape>;

/** A scenario as its system file describes it, for the page and the lab. */
export const scenarioDescriptionShape = z.strictObject({
  /** The first label of its host. */
  name: z.string(),
  title: z.string(),
  /** One sentence for the page's audience. */
  story: z.string(),
  /** Null if the file states no expectation. */
  expect: expectationShape.nullable(),
  /** How a server is chosen, in words. */
  routing: z.string(),
  policy: policyShape,
  /** Each client is bound to its server by a cookie. */
  affinity: z.boolean(),
  /** The place of its state, in words. */
  state: z.string(),
  store: sessionStoreShape,
  todos: z.enum(['memory', 'redis']),
  fleet: z.string(),
});
export type ScenarioDescription = z.infer<typeof scenarioDescriptionShape>;

const FATES: Readonly<Record<Fate, string>> = {
  kept: 'kept',
  bound: 'lost by the users of that server',
  lost: 'lost',
};

/** A fate in words, as in `logins lost by the users of that server`. */
export function fateInWords(fate: Fate): string {
  return FATES[fate];
}
