const EULER = 0.577_215_664_901_532_9;

/** 1 + 1/2 + … + 1/n: the mean of the largest of n exponential times, in units of their mean. */
export function harmonic(n: number): number {
  if (n < 1) return 0;
  if (n > 1000) return Math.log(n) + EULER + 1 / (2 * n);
  let sum = 0;
  for (let k = Math.floor(n); k >= 1; k -= 1) sum += 1 / k;
  return sum;
}

/** The time by which all of n exponential times with this mean are over, with this probability. */
export function lastOf(n: number, mean: number, probability: number): number {
  if (n < 1) return 0;
  return -mean * Math.log(-Math.expm1(Math.log(probability) / n));
}

/** The traffic of one user, of which a near cache keeps copies. */
export interface CacheTraffic {
  readonly servers: number;
  readonly sticky: boolean;
  readonly users: number;
  readonly requestsPerSession: number;
  /** Part of the requests after which every copy is stale: changes of the session, and touches. */
  readonly changesPerRequest: number;
  /** Copies that one server keeps at most. */
  readonly capacity: number;
}

export interface CacheHits {
  /** Part of the requests answered from the near cache. */
  readonly hits: number;
  /** Copies that one server would have to keep to drop none that is still good. */
  readonly wantedCopies: number;
}

/**
 * Looks back from a request over its user's earlier ones: the first that met the same server left a copy, unless a change
 * or the login comes first. A cache that is too small has copies for a part of the users only, as all users are equally
 * busy.
 */
export function cacheHits(traffic: CacheTraffic): CacheHits {
  const { servers, sticky, users, requestsPerSession, changesPerRequest, capacity } = traffic;
  const sameServer = sticky ? 1 : 1 / servers;
  const goesOn = (1 - 1 / Math.max(1, requestsPerSession)) * (1 - changesPerRequest);
  const fresh = (goesOn * sameServer) / (1 - goesOn * (1 - sameServer));
  const wantedCopies = (sticky ? users / servers : users) * fresh;
  return { hits: fresh * Math.min(1, capacity / Math.max(1, wantedCopies)), wantedCopies };
}

/** Our store has one queue of expiry per bucket. */
const BUCKETS = 256;

/** Memory of this number of sessions in Redis. Each bucket in use adds its part of the fixed memory; few sessions use few buckets. */
export function redisMemory(sessions: number, bytes: { readonly redis: number; readonly redisFixed: number }): number {
  const used = -Math.expm1(sessions * Math.log1p(-1 / BUCKETS));
  return sessions * bytes.redis + used * bytes.redisFixed;
}
