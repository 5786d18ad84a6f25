import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@holdfast/fleet';

const script = join(import.meta.dirname, '../../bin/start.mjs');
const START_TIMEOUT_MS = 180_000;

/** A system that `npm start` runs. */
export interface RunningSystem {
  /** `http://127.0.0.1:<port>` of the gateway: the active scenario. */
  readonly url: string;
  readonly adminUrl: string;
  /** Everything it and its processes wrote so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a system of its own in `dataDir`; resolves once it is ready, and rejects with its output when it ends first. */
export async function startSystem(
  flags: readonly string[],
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningSystem> {
  const port = await freePort();
  const adminPort = await freePort(new Set([port]));
  const { REDIS_URL: _redis, MEMCACHED_URL: _memcached, ...inherited } = process.env;
  const ports = { GATEWAY_PORT: String(port), GATEWAY_ADMIN_PORT: String(adminPort) };
  const child = spawn(process.execPath, [script, ...flags], {
    env: { ...inherited, DATA_DIR: dataDir, REPLICAS: '1', ...ports, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!text.includes('ready  ')) {
    if (child.exitCode !== null) throw new Error(`It ended: ${text}`);
    if (Date.now() > deadline) {
      await end(child);
      throw new Error(`It was not ready in time: ${text}`);
    }
    await delay(25);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    output: () => text,
    stop: () => end(child),
  };
}

/** The stores beside the fleet, as the control API shows them. */
export async function storesOf({ adminUrl }: RunningSystem) {
  const { processes } = (await (await fetch(`${adminUrl}/fleet`)).json()) as {
    processes: { id: string; fleet: string; state: string; port: number }[];
  };
  return processes.filter(({ fleet }) => fleet === 'stores');
}

/** The status of the control API's answer. */
export async function steerStore({ adminUrl }: RunningSystem, store: string, action: string): Promise<number> {
  return (await fetch(`${adminUrl}/stores/${store}/${action}`, { method: 'POST' })).status;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
