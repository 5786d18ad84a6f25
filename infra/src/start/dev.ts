import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { guardian } from '@holdfast/fleet';
import { obtainRedis } from '../redis/obtain-redis.js';
import { CleanUp } from './clean-up.js';
import { sessionSecrets } from './session-secrets.js';
import type { StartSettings } from './start.js';

const root = join(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs `turbo watch dev` until it ends or we are told to; Redis is found or started first and ends with it. */
export async function dev(settings: StartSettings): Promise<void> {
  const cleanUp = new CleanUp(say);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cleanUp.end(0));
  try {
    const redis = await obtainRedis(settings.dataDir);
    cleanUp.add('Redis', () => redis.stop());
    say(`✓ Redis ${redis.origin}: ${redis.url}`);
    const env = { REDIS_URL: redis.url, SESSION_SECRETS: sessionSecrets(settings.dataDir) };
    const turbo = spawn(join(root, 'node_modules/.bin/turbo'), ['watch', 'dev', '--ui=stream'], {
      cwd: root,
      env: { ...process.env, ...env, TURBO_TELEMETRY_DISABLED: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    if (turbo.pid !== undefined) guardian().watch(turbo.pid);
    cleanUp.add('turbo', () => endGroup(turbo.pid, once(turbo, 'exit')));
    turbo.once('exit', (code) => cleanUp.ending || cleanUp.end(code ?? 1));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    cleanUp.end(1);
  }
}

/** Turbo and everything it started share a process group. */
async function endGroup(pid: number | undefined, ended: Promise<unknown>): Promise<void> {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    return;
  }
  await ended;
}
