import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@holdfast/fleet';
import { aptGetInstall } from '../apt-get.js';
import { findDocker, runContainer } from '../docker.js';
import { findOnPath } from '../find-on-path.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { askMemcached } from './ask-memcached.js';
import { type MemcachedServer, startMemcachedServer } from './memcached-server.js';

/** A Memcached to use, and the function that releases it. */
export interface ObtainedMemcached {
  /** `memcached://host:port` */
  readonly url: string;
  /** The server, if we started it as our own process. */
  readonly server?: MemcachedServer;
  /** The place it came from, in words for the user. */
  readonly origin: string;
  /** Ends it if we started it; a given server stays. */
  stop(): Promise<void>;
}

/** The one sentence for a machine without Memcached. */
export const HOW_TO_GET_MEMCACHED =
  'No Memcached found: set MEMCACHED_URL, or install memcached (Debian: apt-get install memcached, macOS: brew install memcached), or start Docker.';

/**
 * Finds or starts Memcached, in this order: `MEMCACHED_URL`; memcached on PATH, started privately; apt-get as root on Debian or
 * Ubuntu; Docker. Rejects with one sentence that says how to get it.
 */
export async function obtainMemcached(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<ObtainedMemcached> {
  if (env.MEMCACHED_URL) return givenMemcached(env.MEMCACHED_URL);
  const binary = await obtainMemcachedBinary(say, env);
  if (binary === undefined) {
    const container = await withProgress('starting Memcached in Docker', say, startDockerMemcached);
    if (container === undefined) throw new Error(HOW_TO_GET_MEMCACHED);
    return { ...container, origin: 'in Docker' };
  }
  const server = await withProgress('starting Memcached', say, () =>
    startMemcachedServer({ binary, dir: join(dataDir, 'memcached'), temporary: true }),
  );
  return { url: server.url, server, origin: `private, ${binary}`, stop: () => server.stop() };
}

/** The path of memcached, installed first if we may; undefined if it is not available. */
export async function obtainMemcachedBinary(
  say: Say = sayOnStderr,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const found = findOnPath('memcached', env);
  if (found !== undefined || !(await aptGetInstall('memcached', say))) return found;
  return findOnPath('memcached', env);
}

async function givenMemcached(text: string): Promise<ObtainedMemcached> {
  const [, host, port] = /^(?:memcached:\/\/)?([A-Za-z0-9._-]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined) {
    throw new Error(
      'MEMCACHED_URL is not the address of a Memcached. Example: MEMCACHED_URL=memcached://127.0.0.1:11211',
    );
  }
  if ((await askMemcached(Number(port), host, 3000)) === undefined) {
    throw new Error(
      `MEMCACHED_URL names ${host}:${port}, and no Memcached answers there: start it, or unset MEMCACHED_URL to get a private one.`,
    );
  }
  return { url: `memcached://${host}:${port}`, origin: 'from MEMCACHED_URL', stop: async () => undefined };
}

async function startDockerMemcached(): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  const docker = await findDocker();
  if (docker === undefined) return undefined;
  const port = await freePort();
  const container = runContainer(docker, ['--publish', `127.0.0.1:${port}:11211`, 'memcached:1.6']);
  while (container.running()) {
    if ((await askMemcached(port)) !== undefined) {
      return { url: `memcached://127.0.0.1:${port}`, stop: () => container.stop() };
    }
    await delay(100);
  }
  return undefined;
}
