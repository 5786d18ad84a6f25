import { mkdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { findFreePort } from '../free-port.js';
import { type GuardedProcess, startGuarded } from '../guardian.js';

export interface PrivateRedisOptions {
  /** Path of redis-server or valkey-server. */
  readonly binary: string;
  /** Where it keeps its append-only file; made if missing. */
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** More words for its command line, such as `--maxmemory 50mb`. */
  readonly args?: readonly string[];
}

/** A real Redis server of our own on loopback, gone when this process is gone. */
export interface PrivateRedis {
  readonly url: string;
  readonly port: number;
  readonly process: GuardedProcess;
}

/** Starts a private Redis, append-only file on, and resolves once it answers commands (its file loaded). */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  await mkdir(options.dataDir, { recursive: true });
  const port = options.port ?? (await findFreePort());
  const guarded = await startGuarded(options.binary, [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', options.dataDir],
    ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', '--daemonize', 'no'],
    ...(options.args ?? []),
  ]);
  let endedWith: string | undefined;
  void guarded.ended.then((output) => {
    endedWith = output;
  });
  for (let waitedMs = 0; !(await answersPing(port)); waitedMs += 20) {
    if (endedWith !== undefined) throw new Error(`Redis did not start: ${lastLine(endedWith)}`);
    if (waitedMs > 20_000) throw new Error(`Redis on port ${port} did not answer within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { url: `redis://127.0.0.1:${port}`, port, process: guarded };
}

/** One PING on a connection of its own; false while the server is absent, loading or demands a password. */
export function answersPing(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => done(chunk.toString().startsWith('+PONG')));
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? 'no output';
}
