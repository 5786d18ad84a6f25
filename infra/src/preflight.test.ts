import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { dataDirProblem, describeDataDirProblem } from '../bin/data-dir.mjs';
import { lockPath, takeDataDir } from '../bin/preflight.mjs';
import { installProblem } from '../bin/prepare.mjs';
import { readSettings } from '../bin/settings.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-preflight-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const settings = (dataDir: string) => readSettings(['--data-dir', dataDir], {}).settings;

test('U9: a DATA_DIR that is a file, or below one, is one sentence with the fix', () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    expect(takeDataDir(settings(path))).toBe(dataDirProblem(path));
    expect(dataDirProblem(path)).toMatch(
      /^DATA_DIR is .*, which is (a|below a) file, not a folder\. Set DATA_DIR to another folder\.$/,
    );
  }
});

test.each([
  ['ENOSPC', /disk that holds it is full: free some space/],
  ['EDQUOT', /disk that holds it is full/],
  ['EACCES', /may not write there/],
  ['EROFS', /may not write there/],
  ['EIO', /cannot be used \(EIO\)/],
])('U9: a DATA_DIR that fails with %s is one sentence with the fix', (code, sentence) => {
  expect(describeDataDirProblem('/data', code)).toMatch(sentence);
  expect(describeDataDirProblem('/data', code)).toMatch(/Set DATA_DIR to another folder\.$/);
});

test('U15: an empty lock that a full disk left behind is no start under way; nothing but the lock stays', () => {
  writeFileSync(lockPath(dir), '');
  expect(takeDataDir(settings(dir))).toBeUndefined();
  expect(readdirSync(dir)).toEqual(['start.lock']);
  expect(takeDataDir(settings(dir))).toMatch(/^Holdfast already runs with this data/);
});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'])(
  'U9: a registry that fails with %s is one sentence',
  (code) => {
    const output = `npm error code ${code}\nnpm error errno ${code}\nnpm error FetchError: request failed\nnpm error     at ClientRequest.<anonymous>\n`;
    expect(installProblem(output)).toMatch(
      new RegExp(`^Packages could not be installed: npm's registry does not answer \\(${code}\\)`),
    );
    expect(installProblem(output).split('\n')).toHaveLength(1);
  },
);

test("U9: another failure of npm is told by its cause, without npm's dump", () => {
  const output =
    'npm error code EUSAGE\nnpm error\nnpm error The lock file does not match.\nnpm error Usage:\nnpm error npm ci\n';
  expect(installProblem(output)).toBe(
    'Packages could not be installed (npm ci, EUSAGE): The lock file does not match.\nRun `npm ci` to see all that npm says.',
  );
});

test('start takes both spellings of the scenario flag', () => {
  for (const flag of ['--scenario', '--scenarios']) {
    expect(readSettings([flag, 'a,b'], {}).settings.scenarios).toEqual(['a', 'b']);
  }
});
