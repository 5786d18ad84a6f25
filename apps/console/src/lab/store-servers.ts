import type { ProcessStatus } from '../admin/shapes.js';

/** The servers that are Redis together: one, those of a Cluster, or those under Sentinels and the Sentinels themselves. */
export function redisServers(processes: readonly ProcessStatus[] | null): readonly ProcessStatus[] {
  return processes?.filter(({ app }) => app === 'redis' || app === 'sentinel') ?? [];
}

/** Whether Redis answers; null: unknown, as where some of several servers do, for only their clients know which they need. */
export function redisAnswers(processes: readonly ProcessStatus[] | null): boolean | null {
  const keeping = redisServers(processes).filter(({ app }) => app === 'redis');
  const ready = keeping.filter(({ state }) => state === 'ready').length;
  if (keeping.length > 0 && ready === keeping.length) return true;
  return keeping.length > 0 && ready === 0 ? false : null;
}
