import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisBinary, type PrivateRedis, redisAdvice, startPrivateRedis } from '@holdfast/infra';

/** A real Redis of one test's own, with the faults a test injects. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Freezes the process (SIGSTOP): connections stay open, nothing answers. */
  pause(): void;
  resume(): void;
  /** SIGKILL; resolves when the process is gone. `restart` brings it back on the same port with its append-only file. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a private Redis on a free port in a temporary folder. `args` go to its command line. */
export async function startRedis(options: { args?: readonly string[] } = {}): Promise<TestRedis> {
  const binary = await findRedisBinary();
  if (binary === undefined) throw new Error(redisAdvice);
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  const args = options.args ?? [];
  let redis: PrivateRedis = await startPrivateRedis({ binary, dataDir, args });
  const { port, url } = redis;
  return {
    url,
    port,
    pause: () => void process.kill(redis.process.pid, 'SIGSTOP'),
    resume: () => void process.kill(redis.process.pid, 'SIGCONT'),
    async kill() {
      process.kill(redis.process.pid, 'SIGKILL');
      await redis.process.ended;
    },
    async restart() {
      redis = await startPrivateRedis({ binary, dataDir, port, args });
    },
    async stop() {
      await redis.process.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
