import { askRedis } from './ask-redis.js';

/**
 * The chat messages of one run that Redis itself holds, each as `<user>:<number>`: the beginning of its text, as
 * journeys/chat-member.ts writes it. Rejects when Redis does not answer.
 */
export function storedMessages(port: number, prefix: string, stamp: string): Promise<ReadonlySet<string>> {
  return askRedis(port, async (redis) => {
    const stored = new Set<string>();
    for await (const keys of redis.scanStream({ match: `${prefix}chat:*{lab-${stamp}-*}:log`, count: 1_000 })) {
      const logs = await Promise.all((keys as string[]).map((key) => redis.xrange(key, '-', '+')));
      for (const [, fields] of logs.flat()) {
        const text = fields[fields.indexOf('text') + 1] ?? '';
        stored.add(text.slice(0, text.indexOf(' ')));
      }
    }
    return stored;
  });
}
