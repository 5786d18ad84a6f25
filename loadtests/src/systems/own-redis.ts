import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObtainedRedis, obtainRedis } from '@holdfast/infra';

/** A Redis of one run's own, never that of REDIS_URL. `stop` also removes its data. */
export async function startOwnRedis(): Promise<ObtainedRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  const { REDIS_URL: _, ...own } = process.env;
  const redis = await obtainRedis(dir, own, () => undefined);
  return {
    ...redis,
    async stop() {
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
