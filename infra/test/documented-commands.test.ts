import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { blocks, commandsOf, ROOT, shellBlocks } from '../test-docs/support/documents.js';

interface Commands {
  readonly asWritten: readonly string[];
  readonly byTest: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly neverRun: Readonly<Record<string, readonly string[]>>;
}

const { asWritten, byTest, neverRun }: Commands = parse(
  readFileSync(join(ROOT, 'infra/test-docs/commands.yaml'), 'utf8'),
);
const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
/** The command of .ci/run that runs a test, by where the test is. */
const SUITES: readonly (readonly [RegExp, string])[] = [
  [/^\.ci\/run$/, ''],
  [/^(apps|packages)\/[a-z-]+\/test\/|^infra\/test\//, 'npm test'],
  [/^infra\/test-docs\//, 'npm run test:docs'],
  [/^infra\/test-ha\//, 'npm run test:ha'],
  [/^loadtests\/test\//, 'npm run test:lab'],
  [/^packages\/testing\/packed\//, 'npm run test:packed'],
  [/^examples\//, 'npm run test:examples'],
];

test('every command in a document is run by CI, or is listed with what it would need', () => {
  const written = shellBlocks().flatMap(commandsOf);
  const listed = [...asWritten, ...Object.values(byTest).flatMap(Object.keys), ...Object.values(neverRun).flat()];
  const means = (entry: string, command: string) =>
    entry.endsWith('*') ? command.startsWith(entry.slice(0, -1)) : entry === command;
  expect(written.filter((command) => !listed.some((entry) => means(entry, command)))).toEqual([]);
  expect(listed.filter((entry) => !written.some((command) => means(entry, command)))).toEqual([]);
});

test('a block with commands is marked sh, so that they are found', () => {
  const command = /^(\w+=\S+ )?(npm|npx|node|curl|docker|kubectl) /m;
  const others = blocks().filter(({ language, text }) => language === '' && command.test(text));
  expect(others.map(({ document }) => document)).toEqual([]);
});

test.each(Object.entries(byTest))('%s runs the commands that it is named for, and CI runs it', (file, commands) => {
  const text = existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : '';
  expect(Object.values(commands).filter((part) => !text.includes(part))).toEqual([]);
  const suite = SUITES.find(([where]) => where.test(file))?.[1];
  expect(`${file}: ${suite}`).not.toContain('undefined');
  expect(ci).toContain(suite);
});

test('CI runs commands as the documents write them', () => expect(ci).toContain('npm run test:docs\n'));

test('every script of npm run in a document exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const named = shellBlocks().flatMap(({ text }) => [...text.matchAll(/npm run (?:--silent )?([\w:-]+)(?!.* -w )/g)]);
  expect(named.map(([, name = '']) => name).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('the page of cases tells of the tests as they are', () => {
  const { status, stderr } = spawnSync(process.execPath, ['infra/bin/cases.mjs', '--check'], { cwd: ROOT });
  expect([status, String(stderr)]).toEqual([0, '']);
});
