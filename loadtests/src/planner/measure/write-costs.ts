import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { STORES, type StoreName } from '../arms.js';
import { type MeasuredCosts, measuredCostsSchema } from '../measured-costs.js';
import type { ScenarioCosts } from './measure-scenario.js';

/** What was measured on this machine. */
export interface Measured {
  readonly measured: ReadonlyMap<StoreName, ScenarioCosts>;
  /** Memory of one session in the process. */
  readonly processBytes: ReadonlyMap<StoreName, number>;
  /** Memory of a server process without sessions. */
  readonly baseBytes: number;
}

/** The contents of measured-costs.json, with the source of each group. Throws when a store was not measured. */
export function assembleCosts({ measured, processBytes, baseBytes }: Measured, now = new Date()): MeasuredCosts {
  const day = now.toISOString().slice(0, 10);
  const machine = `${day}, ${cpus().length} cores, Node.js ${process.versions.node}`;
  const stores = STORES.map((store) => {
    const costs = measured.get(store);
    const process = processBytes.get(store);
    if (costs === undefined || process === undefined)
      throw new Error(`the costs of the store "${store}" were not measured; run npm run lab -- measure-costs again`);
    const { perSession, fixed } = costs.redisBytes;
    return [
      store,
      { requests: costs.requests, sessionBytes: { process, redis: perSession, redisFixed: fixed } },
    ] as const;
  });
  return measuredCostsSchema.parse({
    sources: {
      requests: `npm run lab -- measure-costs (${machine}; 3 replicas, idle system subtracted)`,
      processBytes: `npm run bench -- session --only memory (${machine})`,
      redisBytes: `npm run lab -- measure-costs, MEMORY USAGE of every key of sessions (${day})`,
      baseBytes: `npm run lab -- measure-costs, resident memory of a monolith after its start (${day})`,
    },
    baseBytes,
    stores: Object.fromEntries(stores),
  });
}

/** Writes the costs into a file of their own in `folder`, and over `planned`, the file that plans start from. Resolves with the former's path. */
export async function writeCosts(
  costs: MeasuredCosts,
  folder: string,
  planned?: string,
  now = new Date(),
): Promise<string> {
  const text = `${JSON.stringify(costs, null, 2)}\n`;
  await mkdir(folder, { recursive: true });
  const path = join(folder, `measured-costs-${now.toISOString().replace(/[:.]/g, '-')}.json`);
  await writeFile(path, text);
  if (planned !== undefined) await writeFile(planned, text);
  return path;
}
