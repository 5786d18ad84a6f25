import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerUsage } from './server.js';
import type { VariantName } from './variants.js';

/** One server of a variant, in a process of its own. */
export interface ServerProcess {
  readonly variant: VariantName;
  readonly url: string;
  readonly port: number;
  usage(): Promise<ServerUsage>;
  /** Session cookie of a user who has just logged in. */
  login(user: string): Promise<string>;
  stop(): void;
}

export async function startServer(
  variant: VariantName,
  redisUrl: string,
  execArgv: readonly string[] = [],
): Promise<ServerProcess> {
  const file = fileURLToPath(new URL('./server.js', import.meta.url));
  const child: ChildProcess = fork(file, [variant, redisUrl], { execArgv: [...execArgv] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  return {
    variant,
    url,
    port,
    async usage() {
      const answered = once(child, 'message');
      child.send('usage');
      return (await answered)[0] as ServerUsage;
    },
    async login(user) {
      const response = await fetch(`${url}/login/${user}`, { method: 'POST' });
      return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    },
    stop: () => child.disconnect(),
  };
}
