import { askRedis } from './ask-redis.js';

/**
 * The todos of one run that Redis itself holds, each as `<user> <request>`: the end of its title, as journeys/lab-user.ts writes it.
 * Rejects when Redis does not answer.
 */
export function storedTodos(port: number, prefix: string, stamp: string): Promise<ReadonlySet<string>> {
  const beginning = `todo ${stamp} `;
  return askRedis(port, async (redis) => {
    const stored = new Set<string>();
    for await (const keys of redis.scanStream({ match: `${prefix}todo:list:*`, count: 1_000 })) {
      const lists = await Promise.all((keys as string[]).map((key) => redis.hvals(key)));
      for (const value of lists.flat()) {
        if (value.startsWith(beginning)) stored.add(value.slice(beginning.length));
      }
    }
    return stored;
  });
}
