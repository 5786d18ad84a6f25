import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { planCommand } from './plan-command.js';

const words = ['--users', '1e4', '--rps', '500', '--replicas', '3'];
let printed = '';
let complained = '';

beforeEach(() => {
  printed = '';
  complained = '';
  jest.spyOn(console, 'log').mockImplementation((text: string) => {
    printed += text;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complained += String(text);
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('prints every assumption with its source', async () => {
  expect(await planCommand(words)).toBe(0);
  expect(printed).toMatch(/--session-minutes +30 +assumed/);
  expect(printed).toMatch(/cached: one session .* measured .*npm run bench -- session --only memory/);
  expect(complained).toBe('');
});

test('--json is one document with inputs, assumptions and arms', async () => {
  expect(await planCommand([...words, '--json'])).toBe(0);
  const plan = JSON.parse(printed);
  expect(plan.inputs.users).toBe(10_000);
  expect(plan.arms.map(({ arm }: { arm: string }) => arm)).toEqual([
    'local-sticky',
    'connect-redis',
    'shared',
    'near-cache',
    'hybrid',
  ]);
  expect(plan.assumptions.every(({ source }: { source: string }) => /^(input|assumed|measured)$/.test(source))).toBe(
    true,
  );
});

test('wrong input: every mistake, exit code 2, and no plan', async () => {
  expect(await planCommand(['--users', 'many', '--rps', '1', '--replicas', '3', '--from', '/no/such.json'])).toBe(2);
  expect(complained).toMatch(/--users "many"/);
  expect(complained).toMatch(/--from \/no\/such\.json: cannot be read; give a results\.json/);
  expect(printed).toBe('');
});

test.each([
  ['{', /is no JSON/],
  ['{"runs":[]}', /does not have the shape of results/],
])('--from a file with %s is refused', async (text, message) => {
  const path = join(mkdtempSync(join(tmpdir(), 'holdfast-plan-')), 'results.json');
  writeFileSync(path, text);
  expect(await planCommand([...words, '--from', path])).toBe(2);
  expect(complained).toMatch(message);
});

test('--help lists the options', async () => {
  expect(await planCommand(['--help'])).toBe(0);
  expect(printed).toContain('--drain-minutes');
});
