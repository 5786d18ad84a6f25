import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { type Say, sayOnStderr } from '../progress.js';
import { type ServerPlace, type ServerProcess, startServerProcess } from '../server/server-process.js';
import type { EngineProgram } from './engine.js';
import type { Pool } from './pool.js';

/** A load balancer that runs as a process of ours. */
export interface RunningEngine extends Pick<ServerProcess, 'port' | 'restart' | 'stop'> {
  readonly adminPort: number;
  /** Its processes as they are now: a master and its workers. */
  pids(): number[];
}

/** Writes the engine's file and starts it on loopback; resolves once it accepts connections. Throws with its last log lines. */
export async function startEngine(
  program: EngineProgram,
  pools: readonly Pool[],
  place: ServerPlace,
  say: Say = sayOnStderr,
): Promise<RunningEngine> {
  const binary = await program.obtain(say);
  const path = join(place.dir, program.file);
  const adminPort = await freePort();
  const secret = randomBytes(32).toString('base64url');
  const server = await startServerProcess(
    {
      name: program.file,
      binary,
      withoutEnv: program.withoutEnv,
      arguments: (port) => {
        writeFileSync(path, program.render(pools, { port, adminPort, dir: place.dir, secret }), { mode: 0o600 });
        return program.arguments(path, place.dir);
      },
      ask: async (port) => ((await accepts(port)) ? { pid: undefined, loaded: true } : undefined),
    },
    place,
  );
  return {
    ...{ port: server.port, adminPort },
    pids: () => [server.pid, ...childrenOf(server.pid)],
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/** None where /proc cannot tell. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(/\s+/).map(Number);
  } catch {
    return [];
  }
}
