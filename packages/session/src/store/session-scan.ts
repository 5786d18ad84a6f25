import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from '../session-options.js';

/** Keys that begin with `prefix`, in batches, from every master of a Cluster. A key may come twice, as SCAN allows. */
export async function* scanKeys(client: RedisClient, prefix: string, count: number): AsyncGenerator<string[]> {
  const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  for (const server of client instanceof Cluster ? client.nodes('master') : [client as Redis]) {
    let cursor = '0';
    do {
      const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', count);
      cursor = next;
      if (keys.length > 0) yield keys;
    } while (cursor !== '0');
  }
}
