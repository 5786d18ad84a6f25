import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
    await npm(home, 'ci', '--prefer-offline');
    // Only what the folders before it built from the same files is taken from there: a build of the whole repository would prove nothing.
    const build = ['run', 'build', '--cache-dir', join(scratch, 'cache'), '--output-logs=errors-only'];
    await run(home, join(home, 'node_modules/.bin/turbo'), ...build);
    expect(readdirSync(join(home, 'apps', app))).toContain('dist');
    rmSync(home, { recursive: true, force: true });
  },
  5 * MINUTES,
);
