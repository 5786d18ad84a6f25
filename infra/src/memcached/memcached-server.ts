import { type ServerPlace, type ServerProcess, startServerProcess } from '../server/server-process.js';
import { askMemcached } from './ask-memcached.js';

/** How to run a Memcached of our own. */
export interface MemcachedServerOptions extends ServerPlace {
  /** Path of memcached. */
  readonly binary: string;
  /** More command-line arguments, e.g. `['-m', '8']`. */
  readonly args?: readonly string[];
}

/** A Memcached of ours. It keeps nothing on disk: `kill` and `restart` lose everything. */
export interface MemcachedServer extends ServerProcess {
  readonly url: string;
}

/** Starts Memcached on 127.0.0.1, TCP only; resolves once it answers. Throws with its last log lines. */
export async function startMemcachedServer(options: MemcachedServerOptions): Promise<MemcachedServer> {
  const server = await startServerProcess(
    {
      name: 'Memcached',
      binary: options.binary,
      arguments: (port) => [
        '-l',
        '127.0.0.1',
        '-p',
        String(port),
        '-U',
        '0',
        ...unprivileged(),
        ...(options.args ?? []),
      ],
      ask: async (port) => {
        const identity = await askMemcached(port, '127.0.0.1', 500);
        return identity && { pid: identity.pid, loaded: true };
      },
    },
    options,
  );
  return Object.assign(server, { url: `memcached://127.0.0.1:${server.port}` });
}

/** If root starts memcached, it requires the name of a user to run as. */
function unprivileged(): string[] {
  return process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
}
