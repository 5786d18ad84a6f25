import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LockFile } from './lock-file.js';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
const lock = new LockFile(root);
const MOST_PRODUCTION_PACKAGES = 207;

function listedUnder(title: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''))
    .sort();
}

test('docs/dependencies.md gives each direct dependency a reason, and none that nobody names', () => {
  const direct = lock.workspaces().map((workspace) => lock.direct(workspace));
  const production = new Set(direct.flatMap((uses) => uses.production));
  const development = new Set(direct.flatMap((uses) => uses.development).filter((name) => !production.has(name)));
  expect(listedUnder('Production')).toEqual([...production].sort());
  expect(listedUnder('Development')).toEqual([...development].sort());
});

test('it gives each package of the stack for AWS a reason', () => {
  const stack = JSON.parse(readFileSync(join(root, 'infra/deployments/aws/package.json'), 'utf8'));
  expect(stack.dependencies).toBeUndefined();
  expect(listedUnder('AWS')).toEqual(Object.keys(stack.devDependencies).sort());
});

test('the apps need no more packages in production than they did', () => {
  const apps = lock.workspaces().filter((workspace) => workspace.startsWith('apps/'));
  expect(lock.production(apps).size).toBeLessThanOrEqual(MOST_PRODUCTION_PACKAGES);
});

test('every production package has a licence of the list', () => {
  const allowed = (/^Licences .*: (.*)\.$/m.exec(page)?.[1] ?? '').split(', ');
  const inFile = [...(/^Their .*: (.*)\.$/m.exec(page)?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const others = [...lock.production(lock.workspaces())].filter(([, licence]) => !allowed.includes(licence));
  expect(others.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13)).sort()).toEqual(inFile);
});
