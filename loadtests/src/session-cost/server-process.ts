import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { guardian } from '@holdfast/infra';
import type { ServerUsage, StoreName } from './stores.js';

const PROGRAM = join(import.meta.dirname, '../../dist/programs/session/server.js');

/** One server with a store, in a process of its own. */
export interface ServerProcess {
  readonly store: StoreName;
  readonly url: string;
  readonly port: number;
  usage(): Promise<ServerUsage>;
  /** Session cookie of a user who has just logged in. */
  login(user: string): Promise<string>;
  stop(): void;
}

export async function startServer(
  store: StoreName,
  redisUrl: string,
  execArgv: readonly string[] = [],
): Promise<ServerProcess> {
  const child: ChildProcess = fork(PROGRAM, [store, redisUrl], { execArgv: [...execArgv] });
  guardian().watch(child);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  return {
    store,
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
