/** Calls by command so far; scripts' inner commands are their own. */
export async function commandCounts(/** @type {import('ioredis').Redis} */ redis) {
  const text = await redis.info('commandstats');
  /** @type {Record<string, number>} */
  const counts = {};
  for (const [, name, calls] of text.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)) counts[name ?? ''] = Number(calls);
  return counts;
}

/** @param {Record<string, number>} before @param {Record<string, number>} after */
export function difference(before, after) {
  return Object.fromEntries(Object.entries(after).map(([name, calls]) => [name, calls - (before[name] ?? 0)]));
}
