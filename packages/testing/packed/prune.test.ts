import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { npm, run } from './support/run.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const MINUTES = 60_000;

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-pruned-'));
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(readdirSync(join(ROOT, 'apps')))(
  'S3: what `turbo prune` leaves of the repository for %s installs and builds',
  async (app) => {
    const home = join(scratch, app);
    await run(ROOT, join(ROOT, 'node_modules/.bin/turbo'), 'prune', `@holdfast/${app}`, '--out-dir', home);
    await installExactly(home);
    // Only what the folders before it built from the same files is taken from there: a build of the whole repository would prove nothing.
    const build = ['run', 'build', '--cache-dir', join(scratch, 'cache'), '--output-logs=errors-only'];
    await run(home, join(home, 'node_modules/.bin/turbo'), ...build);
    expect(readdirSync(join(home, 'apps', app))).toContain('dist');
    renameSync(join(home, 'node_modules'), packages());
    rmSync(home, { recursive: true, force: true });
  },
  5 * MINUTES,
);

/**
 * Installs what the folder's lockfile says and nothing else. The packages of the folder before it are taken over, since copying the
 * same ones for each folder takes most of a minute.
 */
async function installExactly(home: string): Promise<void> {
  const before = lockedIn(home);
  if (!existsSync(packages())) await npm(home, 'ci', '--prefer-offline');
  else {
    renameSync(packages(), join(home, 'node_modules'));
    await npm(home, 'install', '--prefer-offline');
  }
  // `npm ci` refuses a lockfile that does not fit, `npm install` would mend it.
  expect(lockedIn(home)).toEqual(before);
}

/** Every package of the folder's lockfile, by its place; npm writes the file in another order than turbo. */
function lockedIn(home: string): object {
  const { packages } = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')) as Lockfile;
  return Object.fromEntries(
    Object.entries(packages).map(([place, { version, resolved, integrity }]) => [
      place,
      [version, resolved, integrity],
    ]),
  );
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { version?: string; resolved?: string; integrity?: string }>>;
}

function packages(): string {
  return join(scratch, 'node_modules');
}
