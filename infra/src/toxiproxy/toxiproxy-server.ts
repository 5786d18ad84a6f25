import { type ServerPlace, type ServerProcess, startServerProcess } from '../server/server-process.js';
import { ToxiproxyClient } from './toxiproxy-client.js';

/** How to run a Toxiproxy of our own. */
export interface ToxiproxyServerOptions extends ServerPlace {
  /** Path of toxiproxy-server. */
  readonly binary: string;
}

/** A Toxiproxy of ours. It forgets its proxies when it ends. */
export interface ToxiproxyServer extends ServerProcess {
  /** Its HTTP API. */
  readonly url: string;
  readonly client: ToxiproxyClient;
}

/** Starts Toxiproxy with its API on 127.0.0.1; resolves once it answers. Throws with its last log lines. */
export async function startToxiproxyServer(options: ToxiproxyServerOptions): Promise<ToxiproxyServer> {
  const server = await startServerProcess(
    {
      name: 'Toxiproxy',
      binary: options.binary,
      arguments: (port) => ['-host', '127.0.0.1', '-port', String(port)],
      ask: async (port) => {
        const version = await new ToxiproxyClient(urlOf(port)).version().catch(() => undefined);
        return version === undefined ? undefined : { pid: undefined, loaded: true };
      },
    },
    options,
  );
  const url = urlOf(server.port);
  return Object.assign(server, { url, client: new ToxiproxyClient(url) });
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
