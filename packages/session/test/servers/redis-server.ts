import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { waitFor } from './wait-for.js';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A real redis-server of our own on a free port, its data in a temporary directory; `args` as on its command line. */
export async function startRedisServer(...args: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  let child = await launch(directory, port, args);

  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill,
    restart: async () => {
      await kill();
      child = await launch(directory, port, args);
    },
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launch(directory: string, port: number, args: readonly string[]): Promise<ChildProcess> {
  const settings = ['--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'yes'];
  const child = spawn('redis-server', [...sentinelFile(args), '--port', String(port), ...settings, ...rest(args)], {
    stdio: 'ignore',
  });
  const probe = new Redis(port, '127.0.0.1', { retryStrategy: () => 10, enableOfflineQueue: true });
  probe.on('error', () => undefined);
  try {
    await waitFor(async () => (await probe.ping()) === 'PONG', 10_000);
  } finally {
    probe.disconnect();
  }
  return child;
}

/** A configuration file, if any, has to come first on the command line. */
function sentinelFile(args: readonly string[]): readonly string[] {
  return args[0]?.endsWith('.conf') ? args.slice(0, 1) : [];
}

function rest(args: readonly string[]): readonly string[] {
  return args[0]?.endsWith('.conf') ? args.slice(1) : args;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
