import { expect, test } from '@jest/globals';
import { logPrefix, prefixLines } from './log-prefix.js';

test('every line carries its prefix, and a line that arrives in pieces stays one line', () => {
  const written: string[] = [];
  const write = prefixLines('a | ', (line) => written.push(line));
  write('one\ntw');
  write('o\nthree\n');
  expect(written).toEqual(['a | one\n', 'a | two\n', 'a | three\n']);
});

test('prefixes line up, and colour is used only on a terminal', () => {
  expect(logPrefix('auth-1', 0, false)).toBe('auth-1       │ ');
  expect(logPrefix('auth-1', 0, true)).toContain('\u001b[36m');
});
