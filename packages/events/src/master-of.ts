import { type Cluster, Command, type Redis } from 'ioredis';

/** The cluster's own connection to the master that now has the key or the sharded channel. Throws when no master is known. */
export function masterOf(cluster: Cluster, key: string): Redis {
  const name = cluster.slots[new Command('get', [key]).getSlot()]?.[0];
  const master = cluster.nodes('master').find(({ options }) => `${options.host}:${options.port}` === name);
  // The message that ioredis uses for a server that is gone.
  if (master === undefined) throw new Error('Connection is closed.');
  return master;
}
