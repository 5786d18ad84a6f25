import { type Cluster, Command, type Redis } from 'ioredis';

/** The cluster's own connection to the master that has the key, or the sharded channel, now. Throws where none is known to. */
export function masterOf(cluster: Cluster, key: string): Redis {
  const name = cluster.slots[new Command('get', [key]).getSlot()]?.[0];
  const master = cluster.nodes('master').find(({ options }) => `${options.host}:${options.port}` === name);
  // As ioredis says it of a server that is not there.
  if (master === undefined) throw new Error('Connection is closed.');
  return master;
}
