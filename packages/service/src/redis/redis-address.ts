import { z } from 'zod';

/** Some of the masters of a Redis Cluster, and the credentials for it. */
export interface ClusterAddress {
  readonly servers: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
}

/** The end of an error message: what to write. */
export const REDIS_ADDRESS_HINT =
  'must be redis://host:port (`npm run infra -- up redis` starts one and prints its address), ' +
  'or for Sentinels redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/name-of-the-master, ' +
  'or for a Redis Cluster some of its masters, such as redis+cluster://10.0.0.1:7001,10.0.0.2:7001';

/** The Sentinels that know the master, and the credentials for them and for it. */
export interface SentinelAddress {
  readonly sentinels: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  /** Name of the master in the Sentinels' configuration. */
  readonly name: string;
  readonly db?: number;
  /** Of the master. */
  readonly username?: string;
  readonly password?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** For the Sentinels and the master. */
  readonly tls: boolean;
}

const singleServer = z.url({ protocol: /^rediss?$/ });
const cluster = /^redis(s?)\+cluster:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@?#]+)\/?$/;

const sentinel =
  /^redis(s?)\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@?#]+)\/([A-Za-z0-9._-]+)(?:\/(\d{1,5}))?(?:\?([^#]*))?$/;

/** Whether services can connect to this address. */
export function isRedisAddress(url: string): boolean {
  return clusterAddress(url) !== undefined || sentinelAddress(url) !== undefined || singleServer.safeParse(url).success;
}

/**
 * Reads `redis+cluster://user:password@host:port,host:port` (`rediss+cluster://` for TLS; user and password as in any URL).
 * Undefined for any other text.
 */
export function clusterAddress(url: string): ClusterAddress | undefined {
  const [, secure, username, password, list = ''] = cluster.exec(url) ?? [];
  const servers = list.split(',').map((text) => readServer(text));
  if (!servers.every((server) => server !== undefined)) return undefined;
  try {
    return {
      servers,
      tls: secure === 's',
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
    };
  } catch {
    // The text has a percent sign that begins no code.
    return undefined;
  }
}

/**
 * Reads `redis+sentinel://user:password@host:port,host:port/master` (`rediss+sentinel://` for TLS). A number after the master is
 * the database; `?sentinelUsername=` and `?sentinelPassword=` are the credentials for the Sentinels. Undefined for any other
 * text.
 */
export function sentinelAddress(url: string): SentinelAddress | undefined {
  const [, secure, username, password, list = '', name, db, query] = sentinel.exec(url) ?? [];
  const sentinels = list.split(',').map((text) => readServer(text, SENTINEL_PORT));
  const options = new URLSearchParams(query);
  if (name === undefined || !sentinels.every((server) => server !== undefined)) return undefined;
  if ([...options.keys()].some((key) => !SENTINEL_OPTIONS.has(key))) return undefined;
  const database = db ?? options.get('db') ?? undefined;
  if (database !== undefined && !/^\d{1,5}$/.test(database)) return undefined;
  const [sentinelUsername, sentinelPassword] = [options.get('sentinelUsername'), options.get('sentinelPassword')];
  try {
    return {
      sentinels,
      name,
      tls: secure === 's',
      ...(database !== undefined && { db: Number(database) }),
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(sentinelUsername && { sentinelUsername }),
      ...(sentinelPassword && { sentinelPassword }),
    };
  } catch {
    return undefined;
  }
}

const SENTINEL_PORT = '26379';
const SENTINEL_OPTIONS: ReadonlySet<string> = new Set(['db', 'sentinelUsername', 'sentinelPassword']);

function readServer(text: string, defaultPort?: string) {
  const [, host, port = defaultPort] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (host === undefined || port === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
