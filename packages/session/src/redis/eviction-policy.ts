/**
 * The policy by which a Redis deletes keys when its memory is full, from its `INFO memory`; undefined when it deletes none:
 * there is no limit, or it refuses writes at the limit (`noeviction`).
 */
export function evictionPolicy(memoryInfo: string): string | undefined {
  const limit = /^maxmemory:(\d+)/m.exec(memoryInfo)?.[1];
  const policy = /^maxmemory_policy:(\S+)/m.exec(memoryInfo)?.[1];
  return limit === '0' || policy === 'noeviction' ? undefined : (policy ?? 'unknown');
}
