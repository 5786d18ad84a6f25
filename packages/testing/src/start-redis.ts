import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisBinary, HOW_TO_GET_REDIS, type RedisServer, startRedisServer } from '@holdfast/infra';

/** A real Redis of one test's own, with the faults a test injects. */
export type TestRedis = RedisServer;

/** How the test's Redis differs from the default one. */
export interface TestRedisOptions {
  /** More command-line arguments, e.g. `['--maxmemory', '2mb']`. */
  readonly args?: readonly string[];
  /** Default: any free port. */
  readonly port?: number;
}

/**
 * Starts a real Redis: free port, temporary data, append-only file on. It ends with the test process at the latest.
 * Throws one sentence saying how to get Redis when the machine has none.
 */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const binary = findRedisBinary();
  if (binary === undefined) throw new Error(HOW_TO_GET_REDIS);
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  return startRedisServer({ ...options, binary, dir, temporary: true });
}
