import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { createClient as createClient4, createCluster as createCluster4 } from 'redis-4';
import { createClient as createClient5, createCluster as createCluster5 } from 'redis-5';
import type { RedisClient } from '../../src/index.js';

/** The clients that an application may have, each from a copy of the library that is not ours. `urls`: several for a Cluster. */
export const CLIENTS: Record<string, (urls: readonly string[]) => Promise<RedisClient & { disconnect(): unknown }>> = {
  'ioredis 6': async (urls) => (urls.length > 1 ? new Cluster6([...urls]) : new Redis6(urls[0] ?? '')),
  'ioredis 5': async (urls) => (urls.length > 1 ? new Cluster5([...urls]) : new Redis5(urls[0] ?? '')),
  'node-redis 4': (urls) => connected(urls.length > 1 ? createCluster4(roots(urls)) : createClient4(single(urls))),
  'node-redis 5': (urls) => connected(urls.length > 1 ? createCluster5(roots(urls)) : createClient5(single(urls))),
};

function single(urls: readonly string[]): { url: string; socket: { reconnectStrategy: number } } {
  return { url: urls[0] ?? '', socket: { reconnectStrategy: 50 } };
}

function roots(urls: readonly string[]): { rootNodes: { url: string }[] } {
  return { rootNodes: urls.map((url) => ({ url })) };
}

interface NodeRedis {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  disconnect(): unknown;
}

async function connected<Client extends NodeRedis>(client: Client): Promise<Client> {
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
