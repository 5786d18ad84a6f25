import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const startScript = join(import.meta.dirname, '../../../../../infra/bin/start.mjs');
/** A cold start builds every package first. */
const READY_TIMEOUT_MS = 240_000;

/** What `npm start` starts, on free ports and with data of its own. */
export interface RealSystem {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly port: string;
  /** Of the gateway's admin API. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** Starts the whole system, as `npm start` does, and resolves when it says `ready`. */
export async function startRealSystem(): Promise<RealSystem> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-console-'));
  const child = spawn(process.execPath, [startScript, '--data-dir', directory], {
    env: { ...withoutChoices(process.env), GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const url = await readyUrl(child);
    const { adminUrl } = await (await fetch(`${url}/console-config.json`)).json();
    return { url, port: new URL(url).port, adminUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The tests decide what runs: a Redis or a secret from the environment of whoever runs them must not leak in. */
function withoutChoices(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { REDIS_URL: _redis, SESSION_SECRETS: _secrets, NODE_ENV: _mode, REPLICAS: _replicas, ...rest } = env;
  return rest;
}

function readyUrl(child: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${said}`)), READY_TIMEOUT_MS);
    const listen = (chunk: Buffer) => {
      said += chunk;
      const url = /^ready {2}(http:\/\/\S+)$/m.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready:\n${said}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
