import type { PlanArm } from './arms.js';
import { type CacheHits, cacheHits } from './exact.js';
import type { MeasuredCosts, RequestCosts, RequestKind } from './measured-costs.js';

/** The near cache checks its connection four times in `maxStalenessMs`, which is a second. */
const HEARTBEATS_PER_SECOND = 4;
/** A session is touched again after a tenth of its idle time. */
const TOUCH_PART = 0.1;
/** A change of a session is one script: the call, and the commands inside it. */
export const CHANGE_OPERATIONS = 4;
/** Bytes that Redis sends to one near cache about one changed session: the key's name and its frame. */
export const INVALIDATION_BYTES = 100;

const KINDS = ['login', 'me', 'read', 'write'] as const;

/** The traffic, reduced to the numbers that costs depend on. */
export interface Traffic {
  readonly users: number;
  readonly replicas: number;
  readonly perSecond: Readonly<Record<RequestKind, number>>;
  readonly requestsPerSession: number;
  readonly idleMinutes: number;
  readonly sessionWrites: number;
  readonly cacheSessions: number;
}

/** CPU, Redis and network that some traffic takes, each second. */
export interface Demand {
  readonly cpuSeconds: { readonly gateway: number; readonly servers: number; readonly redis: number };
  /** The part of `cpuSeconds.servers` that compares passwords. */
  readonly loginCpuSeconds: number;
  readonly redisOperations: number;
  readonly redisBytes: number;
  readonly clientBytes: number;
  /** Set for arms with a near cache only. */
  readonly cache: CacheHits | undefined;
}

export function demandOf(arm: PlanArm, traffic: Traffic, costs: MeasuredCosts): Demand {
  const { perSecond, replicas, sessionWrites } = traffic;
  const own = costs.stores[arm.store].requests;
  // A miss of the near cache costs as much as any request in the same store without it.
  const uncached = costs.stores.redis.requests;
  const requests = perSecond.me + perSecond.read + perSecond.write;
  const changes = 1 - (1 - sessionWrites) * (1 - touchesPerRequest(traffic));
  const cache =
    arm.store !== 'cached'
      ? undefined
      : cacheHits({
          ...{ servers: replicas, sticky: arm.sticky, users: traffic.users, capacity: traffic.cacheSessions },
          ...{ requestsPerSession: traffic.requestsPerSession, changesPerRequest: changes },
        });
  const hits = cache?.hits ?? 1;
  const total = (of: (costs: RequestCosts) => number): number =>
    KINDS.reduce((sum, kind) => {
      const hit = of(own[kind]);
      const miss = kind === 'login' ? hit : Math.max(hit, of(uncached[kind]));
      return sum + perSecond[kind] * (hits * hit + (1 - hits) * miss);
    }, 0);
  // connect-redis touches with every read, so its measured costs include touches; memory has no store to tell.
  const changed = arm.store === 'redis' || arm.store === 'cached' ? requests * changes : 0;
  const announced = cache === undefined ? 0 : (changed + perSecond.login) * replicas;
  return {
    cpuSeconds: {
      gateway: total(({ cpuUs }) => cpuUs.gateway) / 1e6,
      servers: total(({ cpuUs }) => cpuUs.servers) / 1e6,
      redis: total(({ cpuUs }) => cpuUs.redis) / 1e6,
    },
    loginCpuSeconds: (perSecond.login * own.login.cpuUs.servers) / 1e6,
    redisOperations:
      total(({ redisOperations }) => redisOperations) +
      changed * CHANGE_OPERATIONS +
      (cache === undefined ? 0 : HEARTBEATS_PER_SECOND * replicas),
    redisBytes: total(({ redisBytes }) => redisBytes) + announced * INVALIDATION_BYTES,
    clientBytes: total(({ clientBytes }) => clientBytes),
    cache,
  };
}

/** A user's next request after a tenth of the idle time touches the session. */
function touchesPerRequest({ users, perSecond, idleMinutes }: Traffic): number {
  const requests = perSecond.me + perSecond.read + perSecond.write;
  if (requests === 0) return 0;
  const gapSeconds = users / requests;
  return gapSeconds / (gapSeconds + TOUCH_PART * idleMinutes * 60);
}
