import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { findOnPath, runCommand } from '../run-command.js';

/** What to tell someone on whose machine no Redis can be had. */
export const redisAdvice =
  'No Redis found. Set REDIS_URL to a Redis 7 (or Valkey) you may use, or install one: `apt-get install redis-server`, ' +
  '`brew install redis`, or start Docker.';

/** redis-server or valkey-server on PATH; as root on Debian or Ubuntu it is installed if missing. Undefined if it cannot be had. */
export async function findRedisBinary(say: Say = sayOnStderr): Promise<string | undefined> {
  return onPath() ?? (await installWithApt(say));
}

function onPath(): string | undefined {
  return findOnPath('redis-server') ?? findOnPath('valkey-server');
}

async function installWithApt(say: Say): Promise<string | undefined> {
  const apt = findOnPath('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) return undefined;
  await withProgress('installing redis-server with apt-get', say, async () => {
    // policy-rc.d is not ours to write: RUNLEVEL=1 keeps the package from starting a system-wide server on port 6379.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    await runCommand(apt, ['update', '-qq'], { env });
    await runCommand(apt, ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { env });
  });
  return onPath();
}
