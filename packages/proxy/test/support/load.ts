import { Agent, request } from 'node:http';
import { alsoEnd } from './start-proxy.js';

export interface LoadOptions {
  readonly clients: number;
  /** What each client asks; `mixed`, the default, is a POST every fourth time. */
  readonly method?: 'GET' | 'POST' | 'mixed';
  readonly pauseMs?: number;
  /** A client whose request fails asks no more. */
  readonly untilFailure?: boolean;
}

export interface LoadResult {
  readonly total: number;
  readonly failedGets: number;
  readonly failedPosts: number;
  readonly servedBy: ReadonlyMap<string, number>;
  readonly statuses: ReadonlyMap<number, number>;
}

export interface Load {
  /** Requests finished so far. */
  readonly count: () => number;
  stop(): Promise<LoadResult>;
}

/** Clients that ask one request after the other until stopped. */
export function startLoad(
  port: number,
  { clients, method = 'mixed', pauseMs = 0, untilFailure = false }: LoadOptions,
): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const servedBy = new Map<string, number>();
  const statuses = new Map<number, number>();
  let total = 0;
  let failedGets = 0;
  let failedPosts = 0;
  let running = true;

  const once = (verb: string): Promise<number> =>
    new Promise((resolve) => {
      const outgoing = request({ port, host: '127.0.0.1', agent, method: verb, path: '/work' }, (answer) => {
        const id = String(answer.headers['x-served-by']);
        servedBy.set(id, (servedBy.get(id) ?? 0) + 1);
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
        answer.on('error', () => resolve(0));
      });
      outgoing.on('error', () => resolve(0));
      outgoing.end(verb === 'POST' ? '{"a":1}' : undefined);
    });
  const client = async (offset: number): Promise<void> => {
    for (let i = offset; running; i++) {
      const verb = method === 'mixed' ? (i % 4 === 0 ? 'POST' : 'GET') : method;
      const status = await once(verb);
      total++;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status !== 200) {
        if (verb === 'GET') failedGets++;
        else failedPosts++;
        if (untilFailure) return;
      }
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const done = Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  // A test that fails must not leave its load running.
  alsoEnd(async () => {
    running = false;
    agent.destroy();
    await done;
  });
  return {
    count: () => total,
    async stop() {
      running = false;
      await done;
      agent.destroy();
      return { total, failedGets, failedPosts, servedBy, statuses };
    },
  };
}
