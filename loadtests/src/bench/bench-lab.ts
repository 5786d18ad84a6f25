import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisBinary, type RedisServer, startRedisServer } from '@holdfast/infra';
import { freePorts } from '../system/free-ports.js';
import { RunningSystem } from '../system/running-system.js';

/** The services of `round-robin-cached` behind the gateway, on a Redis that may be killed where one can be started. */
export class BenchLab {
  /** Told so that `end` ends it too. */
  k6Process: ChildProcess | undefined;

  private constructor(
    readonly dir: string,
    readonly system: RunningSystem,
    /** Missing where Redis was given to us or is not installed: it is then not ours to kill. */
    readonly redis: RedisServer | undefined,
  ) {}

  /** Starts everything; resolves before the system is ready, so that it can be ended meanwhile. */
  static async start(): Promise<BenchLab> {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
    const binary = process.env.REDIS_URL ? undefined : findRedisBinary();
    const redis = binary === undefined ? undefined : await startRedisServer({ binary, dir: join(dir, 'redis') });
    const [gateway = 0, admin = 0] = await freePorts(2);
    const system = new RunningSystem(
      ['round-robin-cached'],
      join(dir, 'data'),
      { gateway, admin },
      {
        // Those who are to lose their session all register from one address.
        REGISTRATIONS_PER_ADDRESS: '100000',
        ...(redis !== undefined && { REDIS_URL: redis.url }),
      },
    );
    return new BenchLab(dir, system, redis);
  }

  /** Ends everything that was started and leaves nothing behind. */
  async end(): Promise<void> {
    this.k6Process?.kill('SIGTERM');
    await this.system.stop();
    await this.redis?.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
