import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { countRaces, type RaceCounts } from '../count-races.js';
import { startHttpRacer } from './http-racer.js';
import { STOCK_STORES, type StockStore } from './stock-stores.js';

/** Few enough at once that the two requests of a pair overlap. */
const BATCH = 10;

/**
 * The same races on the usual session stores of other languages, between two servers of each, by HTTP. A store that cannot be had
 * is left out with a loud line.
 */
export async function raceStockStores(pairs: number): Promise<RaceCounts[]> {
  const counts: RaceCounts[] = [];
  for (const store of STOCK_STORES) {
    try {
      counts.push(await raceStockStore(store, pairs));
    } catch (error) {
      console.error(
        `!!! WITHOUT ${store.name.toUpperCase()}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return counts;
}

async function raceStockStore({ obtain }: StockStore, pairs: number): Promise<RaceCounts> {
  const command = await obtain(BATCH);
  const redis = await startRedis();
  const admin = new Redis(redis.url);
  const started = await Promise.allSettled([startHttpRacer(command, redis.url), startHttpRacer(command, redis.url)]);
  try {
    const [one, two] = started.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
    if (one === undefined || two === undefined) throw new Error('two servers are needed');
    return await countRaces(one.store, [one.race, two.race], { pairs, batch: BATCH }, () => admin.flushall());
  } finally {
    for (const result of started) if (result.status === 'fulfilled') await result.value.stop();
    admin.disconnect();
    await redis.stop();
  }
}
