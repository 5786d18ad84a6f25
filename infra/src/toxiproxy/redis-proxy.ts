import { join } from 'node:path';
import { type ControlledProcess, readProcessUsage } from '@holdfast/fleet';
import { obtainToxiproxy } from './obtain-toxiproxy.js';
import { startToxiproxyServer } from './toxiproxy-server.js';

const PROXY_NAME = 'redis';

/**
 * A Toxiproxy through which services reach Redis. The control API shows it but cannot steer it, because a restart would forget
 * the way to Redis.
 */
export interface RedisProxy extends ControlledProcess {
  /** The address that services use instead. */
  readonly url: string;
  /** Delays every answer of Redis; 0 ends the delay. */
  setLatency(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Puts Toxiproxy in front of the Redis at this address. Rejects for an address with TLS, because the name in the certificate
 * would not fit.
 */
export async function startRedisProxy(redisUrl: string, dataDir: string): Promise<RedisProxy> {
  if (!redisUrl.startsWith('redis://'))
    throw new Error('--redis-proxy needs a single Redis without TLS: unset REDIS_URL, or leave the flag out.');
  const target = new URL(redisUrl);
  const { binary } = await obtainToxiproxy(dataDir);
  const server = await startToxiproxyServer({ binary, dir: join(dataDir, 'toxiproxy'), temporary: true });
  const startedAt = new Date().toISOString();
  const { port } = await server.client.createProxy(PROXY_NAME, `${target.hostname}:${target.port || 6379}`);
  const url = new URL(redisUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    setLatency: (ms) => (ms === 0 ? server.client.removeLatency(PROXY_NAME) : server.client.addLatency(PROXY_NAME, ms)),
    id: 'toxiproxy',
    status: () => {
      const usage = readProcessUsage(server.pid);
      return {
        ...{ id: 'toxiproxy', app: 'toxiproxy', fleet: 'stores', pid: server.pid, port },
        ...{ state: usage === undefined ? 'crashed' : 'ready', restarts: 0, startedAt },
        ...{ cpuSeconds: usage?.cpuSeconds ?? 0, rssBytes: usage?.rssBytes ?? 0 },
      };
    },
    kill: async () => false,
    pause: () => false,
    resume: () => false,
    restart: async () => false,
    stop: () => server.stop(),
  };
}
