import { z } from 'zod';

/** Some of the masters of a Redis Cluster, and how to be let in. */
export interface ClusterAddress {
  readonly servers: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
}

/** What to write, for an error. */
export const redisAddressHint =
  'must be redis://host:port (`npm run infra -- up redis` starts one and prints its address), ' +
  'or for a Redis Cluster some of its masters, such as redis+cluster://10.0.0.1:7001,10.0.0.2:7001';

const singleServer = z.url({ protocol: /^rediss?$/ });
const cluster = /^redis(s?)\+cluster:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@?#]+)\/?$/;

/** Whether services can connect to this address. */
export function isRedisAddress(url: string): boolean {
  return clusterAddress(url) !== undefined || singleServer.safeParse(url).success;
}

/**
 * Reads `redis+cluster://user:password@host:port,host:port` (`rediss+cluster://` for TLS; user and password as in any URL).
 * Undefined for what is no address of a cluster.
 */
export function clusterAddress(url: string): ClusterAddress | undefined {
  const [, secure, username, password, list = ''] = cluster.exec(url) ?? [];
  const servers = list.split(',').map(readServer);
  if (!servers.every((server) => server !== undefined)) return undefined;
  try {
    return {
      servers,
      tls: secure === 's',
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    };
  } catch {
    // A percent sign that begins no code.
    return undefined;
  }
}

function readServer(text: string) {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(text.trim()) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
