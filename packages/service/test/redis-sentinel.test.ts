import { DOWN_AFTER_MS, startSentinels, type TestSentinels, waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, Inject, Module, Post } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  REDIS,
  RedisModule,
  type RunningService,
  readConfig,
  redisEnv,
  serviceEnv,
  startService,
} from '../src/index.js';

@Controller('count')
class CountController {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  @Post()
  async increment() {
    return { count: await this.redis.incr('count') };
  }

  @Get()
  async read() {
    return { count: Number(await this.redis.get('count')) };
  }
}

describe('a service behind Redis Sentinel', () => {
  let sentinels: TestSentinels;
  let service: RunningService;

  beforeAll(async () => {
    sentinels = await startSentinels();
    const env = { REDIS_URL: sentinels.url, PORT: '0', LOG_LEVEL: 'silent', SHUTDOWN_DRAIN_MS: '0' };
    const result = readConfig(z.object({ ...serviceEnv, ...redisEnv }), env);
    if (!result.ok) throw new Error(result.problems.join('\n'));

    @Module({ imports: [RedisModule.forRoot({ url: result.config.REDIS_URL })], controllers: [CountController] })
    class CountModule {}
    service = await startService({ name: 'count', module: CountModule, config: result.config });
  }, 60_000);

  afterAll(async () => {
    await service?.close();
    await sentinels?.stop();
  });

  test('S16: the master is killed: the service refuses with 503, then writes to the new one, and nothing stored is lost', async () => {
    const write = () => fetch(`${service.url}/count`, { method: 'POST' });
    for (let n = 0; n < 20; n += 1) expect((await write()).status).toBe(201);
    const observer = sentinels.connect();
    await waitFor(() => observer.status === 'ready');
    await observer.incrby('count', 0);
    await waitFor(async () => (await observer.wait(1, 100)) === 1);
    observer.disconnect();

    sentinels.master.kill();
    const killedAt = performance.now();
    const statuses = new Set<number>();
    let slowestMs = 0;
    await waitFor(
      async () => {
        const askedAt = performance.now();
        const { status } = await write();
        slowestMs = Math.max(slowestMs, performance.now() - askedAt);
        statuses.add(status);
        return status === 201;
      },
      { timeoutMs: 20_000 },
    );
    expect(await sentinels.masterPort()).toBe(sentinels.replica.port);
    expect([...statuses].sort()).toEqual([201, 503]);
    expect(slowestMs).toBeLessThan(1500);
    // Sentinel needs its own time to notice and to agree; the service follows within half a second.
    expect(performance.now() - killedAt).toBeLessThan(DOWN_AFTER_MS + 10_000);
    expect(await (await fetch(`${service.url}/count`)).json()).toEqual({ count: 21 });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  }, 60_000);
});
