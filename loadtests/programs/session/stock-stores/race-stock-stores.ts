import { startRedis } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { countRaces, type RaceCounts } from '../count-races.js';
import { startHttpRacer } from './http-racer.js';
import { STOCK_STORES } from './stock-stores.js';

/** Few enough at once that the two requests of a pair overlap. */
const BATCH = 10;

/** The same races on the usual session store of another language, between two servers of it, by HTTP. Rejects where it cannot be had. */
export async function raceStockStore(name: string, pairs: number): Promise<RaceCounts> {
  const stock = STOCK_STORES[name];
  if (stock === undefined)
    throw new Error(`there is no store "${name}"; there are ${Object.keys(STOCK_STORES).join(', ')}`);
  const command = await stock(BATCH);
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
