import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from '@holdfast/fleet';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const script = join(import.meta.dirname, '../bin/infra.mjs');
let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-up-'));
});
afterEach(async () => {
  await infra('down', 'redis');
  rmSync(dataDir, { recursive: true, force: true });
});

function infra(...args: string[]) {
  return promisify(execFile)(process.execPath, [script, ...args], { env: { ...process.env, DATA_DIR: dataDir } });
}

test.each([
  ['sentinel', /^REDIS_URL=redis\+sentinel:\/\/(127\.0\.0\.1:\d+,?){3}\/main\n$/],
  ['cluster', /^REDIS_URL=redis\+cluster:\/\/(127\.0\.0\.1:\d+,?){6}\n$/],
])(
  'S16: infra up redis --profile %s outlives the command, is found again, and down ends all of it',
  async (profile, address) => {
    const first = await infra('up', 'redis', '--profile', profile);
    expect(first.stdout).toMatch(address);
    const note = readFileSync(join(dataDir, 'up', `redis-${profile}.json`), 'utf8');
    const pids = [...note.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids.map(isAlive)).toEqual(Array(6).fill(true));
    expect((await infra('up', 'redis', '--profile', profile)).stdout).toBe(first.stdout);
    expect((await infra('down', 'redis')).stderr).toContain(`redis-${profile} ended`);
    expect(pids.map(isAlive)).toEqual(Array(6).fill(false));
    expect(existsSync(join(dataDir, 'up', `redis-${profile}.json`))).toBe(false);
  },
  90_000,
);
