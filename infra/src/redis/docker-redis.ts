import { findFreePort } from '../free-port.js';
import { type GuardedProcess, startGuarded } from '../guardian.js';
import { findOnPath, runCommand } from '../run-command.js';
import { answersPing } from './private-redis.js';

/** Redis in a container, attached, so that it ends with us. Undefined where no Docker engine answers. */
export async function startDockerRedis(): Promise<{ url: string; process: GuardedProcess } | undefined> {
  const docker = findOnPath('docker');
  if (docker === undefined || (await runCommand(docker, ['info'])).code !== 0) return undefined;
  const port = await findFreePort();
  const guarded = await startGuarded(docker, [
    ...['run', '--rm', '--publish', `127.0.0.1:${port}:6379`, 'redis:7'],
    ...['redis-server', '--appendonly', 'yes'],
  ]);
  let ended = false;
  void guarded.ended.then(() => {
    ended = true;
  });
  while (!(await answersPing(port))) {
    if (ended) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url: `redis://127.0.0.1:${port}`, process: guarded };
}
