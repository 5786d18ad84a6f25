import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { builtApps } from './built-apps.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-built-'));
  write('apps/web/package.json', '{ "name": "@x/web", "dependencies": { "@x/part": "*", "express": "5.0.0" } }');
  write('apps/other/package.json', '{ "name": "@x/other" }');
  write('packages/part/package.json', '{ "name": "@x/part" }');
  for (const folder of ['apps/web', 'apps/other', 'packages/part']) write(`${folder}/dist/main.js`, 'one');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function changedBy(edit: () => void): string[] {
  const before = builtApps(root);
  edit();
  return [...builtApps(root)].filter(([app, mark]) => before.get(app) !== mark).map(([app]) => app);
}

test('U6: a build that changes nothing restarts nothing', () => {
  expect(changedBy(() => write('packages/part/dist/main.js', 'one'))).toEqual([]);
});

test('U6: a changed package restarts the apps that depend on it, and no others', () => {
  expect(changedBy(() => write('packages/part/dist/main.js', 'two'))).toEqual(['web']);
});

test('U6: a changed app restarts itself', () => {
  expect(changedBy(() => write('apps/other/dist/main.js', 'two'))).toEqual(['other']);
});
