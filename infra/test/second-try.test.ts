import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readLines, secondTry, sumUp } from '../bin/test-totals.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let totals: string;
const ci = process.env.CI;

beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), 'holdfast-second-try-'));
  totals = join(folder, 'totals.jsonl');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    join(folder, 'jest.config.mjs'),
    `export { default } from '${join(root, 'packages/testing/jest-preset.mjs')}';`,
  );
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  process.env.CI = 'true';
});

afterAll(async () => {
  if (ci === undefined) delete process.env.CI;
  else process.env.CI = ci;
  await rm(folder, { recursive: true, force: true });
});

const line = (file: string, failed: number) =>
  JSON.stringify({ folder, file, name: `${basename(folder)} ${file}`, passed: 1, failed, skipped: 0, seconds: 0 });

test('in CI a file that failed runs once more, and its last result counts', async () => {
  await writeFile(join(folder, 'good.test.ts'), "test('good', () => {});");
  await writeFile(join(folder, 'bad.test.ts'), "test('bad', () => { throw new Error('still'); });");
  await writeFile(totals, `${line('good.test.ts', 1)}\n${line('bad.test.ts', 1)}\n${line('fine.test.ts', 0)}\n`);
  await secondTry(totals, process.env);
  const { files, secondTries, unfinished } = sumUp(readLines(totals));
  const named = Object.fromEntries(files.map(({ file: name, failed }) => [name, failed]));
  expect(named).toEqual({ 'good.test.ts': 0, 'bad.test.ts': 1, 'fine.test.ts': 0 });
  expect(secondTries).toHaveLength(1);
  expect(unfinished).toEqual([]);
});

test('elsewhere nothing runs again', async () => {
  delete process.env.CI;
  await writeFile(totals, `${line('good.test.ts', 1)}\n`);
  await secondTry(totals, process.env);
  expect(readLines(totals)).toHaveLength(1);
});

test('a run that began and did not end is told', () => {
  const lines = [
    { folder: '/a', begun: true },
    { folder: '/b', begun: true },
    { folder: '/a', ended: true },
  ];
  expect(sumUp(lines.map((entry) => JSON.stringify(entry))).unfinished).toEqual(['/b']);
});
