import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, guardian, lastOutput } from '@holdfast/infra';
import type { RaceResult, Racer } from '../count-races.js';

const START_MS = 60_000;

/** The command that starts one server; it takes `PORT` and `REDIS_URL` from its environment. */
export interface ServerCommand {
  readonly file: string;
  readonly args: (port: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A server in any language that takes part in the race by HTTP. */
export interface HttpRacer {
  /** Name and version of its session store, as it says itself. */
  readonly store: string;
  readonly race: Racer;
  stop(): Promise<void>;
}

/** Resolves when it answers; rejects with its last output when it does not. */
export async function startHttpRacer({ file, args, env }: ServerCommand, redisUrl: string): Promise<HttpRacer> {
  const port = await freePort();
  const child = spawn(file, [...args(port)], {
    env: { ...process.env, ...env, PORT: String(port), REDIS_URL: redisUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: PHP's workers are processes.
    detached: true,
  });
  guardian().watchGroup(child);
  const url = `http://127.0.0.1:${port}`;
  try {
    return { store: await storeOf(url, child), race: racerOf(url), stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function storeOf(url: string, child: ChildProcess): Promise<string> {
  const output = lastOutput(child);
  const deadline = Date.now() + START_MS;
  while (!hasEnded(child) && Date.now() < deadline) {
    const answer = await fetch(`${url}/about`).catch(() => undefined);
    if (answer?.ok) return ((await answer.json()) as { store: string }).store;
    await delay(50);
  }
  throw new Error(`the server does not answer:\n${output()}`);
}

function racerOf(url: string): Racer {
  const ask = async (path: string, cookie = '', method = 'POST'): Promise<Response> => {
    const answer = await fetch(`${url}${path}`, { method, headers: { cookie } });
    // A request that lost its race may be refused, but every server knows every path.
    if (answer.status === 404) throw new Error(`${path} answered 404`);
    return answer;
  };
  return async (task): Promise<RaceResult> => {
    if (task.do === 'login') {
      const cookies = task.users.map(async (user) => {
        const answer = await ask(`/login?user=${user}`);
        const cookie = answer.headers.getSetCookie().at(-1)?.split(';')[0];
        if (!answer.ok || cookie === undefined) throw new Error(`/login answered ${answer.status}`);
        await answer.arrayBuffer();
        return cookie;
      });
      return { cookies: await Promise.all(cookies), seen: [] };
    }
    if (task.do === 'inspect') {
      const seen = task.cookies.map(async (cookie) => {
        const answer = await ask('/inspect', cookie, 'GET');
        const text = await answer.text();
        const attributes = answer.ok ? (JSON.parse(text) as string[]) : [];
        return { alive: answer.ok, broken: answer.status >= 500, attributes };
      });
      return { cookies: [], seen: await Promise.all(seen) };
    }
    const path = task.do === 'write' ? `/write?attribute=${task.attribute}` : `/${task.do}`;
    await Promise.all(task.cookies.map(async (cookie) => (await ask(path, cookie)).arrayBuffer()));
    return { cookies: [], seen: [] };
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await gone;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
