import { expect, test } from '@jest/globals';
import { parseStat } from './process-usage.js';

test('CPU time and memory are read even when the program has spaces and brackets in its name', () => {
  const fields = ['S', ...Array<string>(10).fill('0'), '150', '50', ...Array<string>(8).fill('0'), '1000', '0'];
  expect(parseStat(`42 (my (odd) name) ${fields.join(' ')}`)).toEqual({ cpuSeconds: 2, rssBytes: 4_096_000 });
});
