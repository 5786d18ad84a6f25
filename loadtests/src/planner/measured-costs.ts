import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Results } from '../results/results.js';
import { PLAN_ARMS, STORES } from './arms.js';

const amount = z.number().nonnegative();

const kindSchema = z.strictObject({
  /** CPU microseconds of one request. */
  cpuUs: z.strictObject({ gateway: amount, servers: amount, redis: amount }),
  /** Commands as Redis counts them, those inside scripts included. */
  redisOperations: amount,
  /** Bytes to and from Redis. */
  redisBytes: amount,
  /** Bytes from and to the client, heads included. */
  clientBytes: amount,
});

const storeSchema = z.strictObject({
  /** `me` reads the session alone; `read` and `write` also touch the app's data; `login` compares a password and makes a session. */
  requests: z.strictObject({ login: kindSchema, me: kindSchema, read: kindSchema, write: kindSchema }),
  /**
   * Memory of one session: in the process (a session, or its copy in a near cache), and in Redis with its part of every index.
   * `redisFixed` is the memory of the indexes that all sessions share.
   */
  sessionBytes: z.strictObject({ process: amount, redis: amount, redisFixed: amount }),
});

/** `measured-costs.json`. */
export const measuredCostsSchema = z.strictObject({
  /** The source of each group of figures: the command, the day, the machine. */
  sources: z.strictObject({
    requests: z.string(),
    processBytes: z.string(),
    redisBytes: z.string(),
    baseBytes: z.string(),
  }),
  /** Memory of a server process without sessions. */
  baseBytes: amount,
  stores: z.record(z.enum(STORES), storeSchema),
});

export type MeasuredCosts = z.infer<typeof measuredCostsSchema>;
export type StoreCosts = z.infer<typeof storeSchema>;
export type RequestKind = keyof StoreCosts['requests'];
export type RequestCosts = z.infer<typeof kindSchema>;

/** The file in the sources: the compiled planner reads the same one. */
export const MEASURED_COSTS_FILE = join(import.meta.dirname, '../../src/planner/measured-costs.json');

export function readMeasuredCosts(path = MEASURED_COSTS_FILE): MeasuredCosts {
  return measuredCostsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The figures of one arm from a file of results, in place of those of measured-costs.json. */
export interface ArmFromResults {
  readonly cpuUs: { readonly gateway: number; readonly servers: number; readonly redis: number };
  /** Requests of the busiest server over the mean. */
  readonly maxShareOverMean: number;
  readonly runs: number;
}

/** The median of the valid runs without a disturbance of each arm's scenario; arms that were not run are missing. */
export function costsOfResults(results: Results): Map<string, ArmFromResults> {
  const found = new Map<string, ArmFromResults>();
  for (const { name, scenario } of PLAN_ARMS) {
    const runs = results.runs.filter((run) => run.scenario === scenario && run.arm === scenario && isCalm(run));
    const cpu = (part: 'gateway' | 'servers' | 'redis') => median(runs.flatMap(({ cost }) => cost[part] ?? []));
    const [gateway, servers, redis] = [cpu('gateway'), cpu('servers'), cpu('redis')];
    if (gateway === undefined || servers === undefined) continue;
    const shares = runs.map(({ share }) => Object.values(share)).filter((share) => share.length > 0);
    const maxShareOverMean = median(shares.map((share) => (Math.max(...share) * share.length) / sum(share))) ?? 1;
    found.set(name, { cpuUs: { gateway, servers, redis: redis ?? 0 }, maxShareOverMean, runs: runs.length });
  }
  return found;
}

function isCalm(run: Results['runs'][number]): boolean {
  return run.valid && run.phase !== 'after' && run.requests > 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)];
  return sorted.length % 2 === 1 || high === undefined ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}
