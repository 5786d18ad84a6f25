import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const docs = join(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'security.md'), 'utf8');
const rows = page.split('\n').flatMap((line) => {
  const [, number, , tests = ''] = /^\| (\d+) \| (.*) \| (\[.*) \|$/.exec(line) ?? [];
  return number === undefined ? [] : [{ number: Number(number), tests }];
});

test('each of the fifty lines names a test', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
});

test.each(rows)('line $number names tests that exist', ({ tests }) => {
  const named = [...tests.matchAll(/\]\(([^)]+)\) `([^`]+)`/g)];
  expect(named.length).toBe(tests.split('; [').length);
  for (const [, path = '', title = ''] of named) {
    expect({ path, has: readFileSync(join(docs, path), 'utf8').includes(title) && title }).toEqual({
      path,
      has: title,
    });
  }
});
