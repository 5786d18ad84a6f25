import { Cluster, type Redis } from 'ioredis';

/**
 * A warning for a Redis that neither saves nor appends, because its restart would lose everything. Undefined for any other, and
 * for one that does not tell, such as a managed Redis.
 */
export async function volatileWarning(redis: Redis | Cluster): Promise<string | undefined> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const volatile = await Promise.all(servers.map(keepsNothing)).catch((): boolean[] => []);
  if (!volatile.includes(true)) return undefined;
  return (
    'Redis keeps nothing on disk: save is empty and appendonly is no. A restart loses every account, todo, message and session. ' +
    'Set appendonly yes in its configuration'
  );
}

async function keepsNothing(server: Redis): Promise<boolean> {
  const [save, append] = await Promise.all([settingOf(server, 'save'), settingOf(server, 'appendonly')]);
  return save === '' && append === 'no';
}

async function settingOf(server: Redis, name: string): Promise<string | undefined> {
  const [, value] = (await server.config('GET', name)) as string[];
  return value;
}
