import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@holdfast/fleet';
import { findDocker, runContainer } from '../docker.js';
import { askRedis } from './ask-redis.js';

/** Redis in a container that ends with us. Undefined if no Docker engine answers or the image is not available. */
export async function startDockerRedis(): Promise<{ url: string; stop(): Promise<void> } | undefined> {
  const docker = await findDocker();
  if (docker === undefined) return undefined;
  const port = await freePort();
  const publish = ['--publish', `127.0.0.1:${port}:6379`];
  const container = runContainer(docker, [...publish, 'redis:7', 'redis-server', '--appendonly', 'yes']);
  while (container.running()) {
    if ((await askRedis(port))?.loaded) return { url: `redis://127.0.0.1:${port}`, stop: () => container.stop() };
    await delay(100);
  }
  return undefined;
}
