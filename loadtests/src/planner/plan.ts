import { PLAN_ARMS, type PlanArm } from './arms.js';
import { dayCurve } from './day-curve.js';
import { harmonic, lastOf, redisMemory } from './exact.js';
import type { Inputs } from './inputs.js';
import type { ArmFromResults, MeasuredCosts } from './measured-costs.js';
import { type Demand, demandOf, type Traffic } from './redis-load.js';
import { fairShareWithoutBinding, type Simulated, type SimulatedDeploy, simulate } from './simulate.js';

const HOURS_PER_MONTH = 730;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;

export interface Lost {
  readonly logins: number;
  readonly users: number;
  readonly minutes: number;
}

export interface ArmPlan {
  readonly arm: string;
  readonly title: string;
  readonly servers: {
    readonly needed: number;
    readonly boundBy: 'cpu' | 'memory';
    /** CPU that the current servers would use, as part of all they have; above 1 they are too few. */
    readonly load: number;
    readonly loginCores: number;
  };
  readonly gateways: number;
  /** Memory of the sessions of one server, without the process itself. */
  readonly sessionBytesPerServer: number;
  readonly nearCache: { readonly hits: number; readonly wantedCopies: number } | null;
  readonly redis: {
    readonly memoryBytes: number;
    readonly operationsPerSecond: number;
    readonly bytesPerSecond: number;
    readonly shards: number;
    readonly boundBy: 'cpu' | 'memory' | 'nothing';
  };
  readonly clientBytesPerSecond: number;
  readonly crash: { readonly usersLost: number; readonly fullestServer: number };
  readonly deploy: { readonly atOnce: Lost; readonly drained: Lost };
  /** null: the new servers never get their part. */
  readonly scaleOut: { readonly minutesToFairShare: number | null };
  readonly scaleIn: {
    readonly lostAtOnce: number;
    readonly lostDrained: number;
    /** The time until the last bound user has left: the mean, and the time that is enough 19 times of 20. */
    readonly lastUserMinutes: number;
    readonly lastUserMinutes95: number;
  };
  readonly day: {
    readonly serverHours: number;
    readonly savedByScaleIn: number;
    readonly usersLost: number;
    /** Hours saved when each server waits for its last user, so that no user is lost. */
    readonly savedLosingNobody: number;
  };
  readonly month: {
    readonly servers: number;
    readonly gateways: number;
    readonly redis: number;
    readonly traffic: number;
    readonly total: number;
    readonly totalWithScaleIn: number;
  };
}

export interface Plan {
  readonly arms: readonly ArmPlan[];
  readonly simulation: { readonly servers: number; readonly sampleUsers: number; readonly relativeError: number };
}

/** The plan that follows from the inputs and the measured costs; the same for the same seed. */
export function makePlan(
  inputs: Inputs,
  costs: MeasuredCosts,
  results: ReadonlyMap<string, ArmFromResults> = new Map(),
): Plan {
  const simulated = simulate(inputs);
  return {
    arms: PLAN_ARMS.map((arm) => planArm(arm, inputs, costs, simulated, results.get(arm.name))),
    simulation: { servers: simulated.servers, sampleUsers: simulated.sample, relativeError: simulated.relativeError },
  };
}

function planArm(
  arm: PlanArm,
  inputs: Inputs,
  costs: MeasuredCosts,
  simulated: Simulated,
  fromRun: ArmFromResults | undefined,
): ArmPlan {
  const { users, replicas, utilisation, cores } = inputs;
  const demand = withCostsOfRun(demandOf(arm, trafficOf(inputs), costs), inputs.rps, fromRun);
  // A session in server memory is the only copy: users who are bound to a server that goes lose the login.
  const losesLogins = arm.store === 'memory';
  const uneven = arm.sticky ? Math.max(simulated.maxOverMean, fromRun?.maxShareOverMean ?? 1) : 1;
  const records = users * (1 + inputs.idleMinutes / inputs.sessionMinutes);
  const sessionBytes = costs.stores[arm.store].sessionBytes;
  const cached = demand.cache === undefined ? 0 : Math.min(inputs.cacheSessions, demand.cache.wantedCopies);
  const bytesPerServer = losesLogins
    ? (records / replicas) * uneven * sessionBytes.process
    : cached * sessionBytes.process;

  const forCpu = (traffic: number) => (traffic * demand.cpuSeconds.servers * uneven) / (utilisation * cores);
  const room = Math.max(1, inputs.serverMemoryMb * 1e6 * utilisation - costs.baseBytes);
  const forMemory = (traffic: number) => (losesLogins ? (traffic * records * sessionBytes.process * uneven) / room : 0);
  const serversAt = (traffic: number) =>
    Math.max(1, Math.ceil(Math.max(forCpu(traffic), forMemory(traffic)))) + inputs.spare;
  const needed = serversAt(1);
  const gateways = Math.max(1, Math.ceil(demand.cpuSeconds.gateway / (utilisation * cores)));

  const memoryBytes = redisMemory(records, sessionBytes) * inputs.redisOverhead;
  const shardsForMemory = memoryBytes / (inputs.shardGb * 1e9);
  const shardsForCpu = demand.cpuSeconds.redis / inputs.redisUtilisation;
  const shards =
    memoryBytes === 0 && demand.redisOperations === 0
      ? 0
      : Math.max(1, Math.ceil(Math.max(shardsForMemory, shardsForCpu)));

  const drainKeeps = Math.exp(-inputs.drainMinutes / inputs.sessionMinutes);
  const boundToRemoved = (users * Math.max(0, replicas - inputs.scaleInTo)) / replicas;
  const lastUser = arm.sticky && losesLogins ? inputs.sessionMinutes * harmonic(boundToRemoved) : 0;
  const drained = dayCurve(serversAt, inputs.night, losesLogins ? Math.min(inputs.drainMinutes, lastUser) : 0);
  const patient = dayCurve(serversAt, inputs.night, losesLogins ? inputs.sessionMinutes * harmonic(users / needed) : 0);
  const month = {
    servers: needed * HOURS_PER_MONTH * inputs.priceServerHour,
    gateways: gateways * HOURS_PER_MONTH * inputs.priceServerHour,
    redis: (memoryBytes / 1e9) * inputs.redisCopies * HOURS_PER_MONTH * inputs.priceRedisGbHour,
    traffic: (demand.clientBytes * meanTraffic(inputs) * SECONDS_PER_MONTH * inputs.priceTrafficGb) / 1e9,
  };
  const total = month.servers + month.gateways + month.redis + month.traffic;
  return {
    arm: arm.name,
    title: arm.title,
    servers: {
      needed,
      boundBy: forMemory(1) > forCpu(1) ? 'memory' : 'cpu',
      load: demand.cpuSeconds.servers / (replicas * cores),
      loginCores: demand.loginCpuSeconds,
    },
    gateways,
    sessionBytesPerServer: bytesPerServer,
    nearCache: demand.cache ?? null,
    redis: {
      ...{ memoryBytes, operationsPerSecond: demand.redisOperations, bytesPerSecond: demand.redisBytes, shards },
      boundBy: shards === 0 ? 'nothing' : shardsForMemory > shardsForCpu ? 'memory' : 'cpu',
    },
    clientBytesPerSecond: demand.clientBytes,
    crash: {
      usersLost: losesLogins ? users / replicas : 0,
      fullestServer: losesLogins ? (users / replicas) * simulated.maxOverMean : 0,
    },
    deploy: {
      atOnce: lost(simulated.deployAtOnce, losesLogins ? users : 0),
      drained: lost(simulated.deployDrained, losesLogins ? users : 0),
    },
    scaleOut: { minutesToFairShare: arm.sticky ? simulated.fairShareMinutes : fairShareWithoutBinding(inputs) },
    scaleIn: {
      lostAtOnce: losesLogins ? boundToRemoved : 0,
      lostDrained: losesLogins ? boundToRemoved * drainKeeps : 0,
      lastUserMinutes: lastUser,
      lastUserMinutes95: losesLogins ? lastOf(boundToRemoved, inputs.sessionMinutes, 0.95) : 0,
    },
    day: {
      serverHours: drained.flat,
      savedByScaleIn: drained.flat - drained.scaled,
      usersLost: losesLogins ? users * drained.bound * drainKeeps : 0,
      savedLosingNobody: patient.flat - patient.scaled,
    },
    month: {
      ...month,
      total,
      totalWithScaleIn: total - ((drained.flat - drained.scaled) * HOURS_PER_MONTH * inputs.priceServerHour) / 24,
    },
  };
}

function trafficOf(inputs: Inputs): Traffic {
  const { users, rps, sessionMinutes, readShare, writeShare } = inputs;
  return {
    ...inputs,
    perSecond: {
      // Logins replace the users who leave.
      login: users / (sessionMinutes * 60),
      me: rps * Math.max(0, 1 - readShare - writeShare),
      read: rps * readShare,
      write: rps * writeShare,
    },
    requestsPerSession: (rps / users) * sessionMinutes * 60,
  };
}

/** CPU of requests from the run, in place of measured-costs.json; logins and everything else stay. */
function withCostsOfRun(demand: Demand, rps: number, run: ArmFromResults | undefined): Demand {
  if (run === undefined) return demand;
  const { gateway, servers, redis } = run.cpuUs;
  return {
    ...demand,
    cpuSeconds: {
      gateway: (rps * gateway) / 1e6,
      servers: (rps * servers) / 1e6 + demand.loginCpuSeconds,
      redis: (rps * redis) / 1e6,
    },
  };
}

function lost({ logins, users, minutes }: SimulatedDeploy, all: number): Lost {
  return { logins: logins * all, users: users * all, minutes };
}

/** The mean of the day's sine, as part of the peak. */
function meanTraffic({ night }: Inputs): number {
  return (1 + night) / 2;
}
