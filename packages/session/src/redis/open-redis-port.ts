import { SessionConfigError } from '../errors/session-error.js';
import { IoredisPort } from './ioredis-port.js';
import { NodeRedisClusterPort } from './node-redis-cluster-port.js';
import { NodeRedisPort } from './node-redis-port.js';
import type { IoredisClient, NodeRedisClient, NodeRedisCluster } from './redis-client.js';
import type { RedisPort } from './redis-port.js';

const TAKEN = 'give it an ioredis 5 or 6 client, or a client or cluster of node-redis 4 or 5';

/**
 * The port to the client that the application gave. The members identify the client: an application has a copy of the library of its
 * own. Throws `SessionConfigError` that names `option` and the value that was given instead.
 */
export function openRedisPort(client: unknown, option: 'redis' | 'client'): RedisPort {
  const given = describe(client);
  if (given !== undefined) throw new SessionConfigError([`${option}: ${given}; ${TAKEN}`]);
  const redis = client as IoredisClient & NodeRedisClient & NodeRedisCluster;
  if (typeof redis.isCluster === 'boolean' && typeof redis.call === 'function') return new IoredisPort(redis);
  if (typeof redis.nodeClient === 'function' && typeof redis.sendCommand === 'function')
    return new NodeRedisClusterPort(redis);
  if (typeof redis.isReady === 'boolean' && typeof redis.sendCommand === 'function') return new NodeRedisPort(redis);
  throw new SessionConfigError([`${option}: is no Redis client that is known; ${TAKEN}`]);
}

/** The obvious mistake in a client; undefined for a value that may be a client. */
function describe(client: unknown): string | undefined {
  if (client === undefined || client === null) return 'is missing';
  if (typeof client === 'function') return 'is a function or a class, not a client';
  if (typeof client !== 'object') return `is a ${typeof client}, not a client`;
  if ('then' in client && typeof client.then === 'function') return 'is a Promise; await it first';
  if ('internal_send_command' in client) return 'is a client of node-redis 3 or older';
  const { options } = client as { options?: { legacyMode?: boolean } };
  if (options?.legacyMode === true) return 'is a node-redis client in legacyMode; create it without';
  if ('acquire' in client && 'sendCommand' in client)
    return "is node-redis's Sentinel or pool client, which is not supported";
  return undefined;
}
