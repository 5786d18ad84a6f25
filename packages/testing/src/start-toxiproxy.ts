import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { obtainToxiproxy, startToxiproxyServer, type ToxiproxyServer } from '@holdfast/infra';

const root = resolve(import.meta.dirname, '../../..');

/** A real Toxiproxy of one test's own. */
export type TestToxiproxy = ToxiproxyServer;

/** Starts a real Toxiproxy, which is built once where it is missing. It ends with the test process at the latest. */
export async function startToxiproxy(): Promise<TestToxiproxy> {
  const { binary } = await obtainToxiproxy(process.env.DATA_DIR || join(root, '.data'));
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-toxiproxy-'));
  return startToxiproxyServer({ binary, dir, temporary: true });
}
