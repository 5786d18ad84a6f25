import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  HOW_TO_GET_MEMCACHED,
  type MemcachedServer,
  obtainMemcachedBinary,
  startMemcachedServer,
} from '@holdfast/infra';

/** A real Memcached of one test's own, with the faults a test injects. */
export type TestMemcached = MemcachedServer;

/**
 * Starts a real Memcached on a free port. It ends with the test process at the latest. Throws one sentence saying how to get
 * Memcached when the machine has none.
 */
export async function startMemcached(): Promise<TestMemcached> {
  const binary = await obtainMemcachedBinary();
  if (binary === undefined) throw new Error(HOW_TO_GET_MEMCACHED);
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-memcached-'));
  return startMemcachedServer({ binary, dir, temporary: true });
}
