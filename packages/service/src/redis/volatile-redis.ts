import { Cluster, type Redis } from 'ioredis';

/**
 * A sentence when a restart of Redis would lose everything: it neither saves nor appends. Undefined when it does, and when it does not
 * tell, as managed ones do.
 */
export async function volatileWarning(redis: Redis | Cluster): Promise<string | undefined> {
  const servers = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const volatile = await Promise.all(servers.map(keepsNothing)).catch((): boolean[] => []);
  if (!volatile.includes(true)) return undefined;
  return (
    'Redis keeps nothing on disk: save is empty and appendonly is no. A restart of it loses every account, todo, message and session. ' +
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
