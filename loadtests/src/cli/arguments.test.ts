import { expect, test } from '@jest/globals';
import { readArguments } from './arguments.js';

test('without flags everything is compared once', () => {
  const { mistakes, arguments: read } = readArguments([]);
  expect(mistakes).toEqual([]);
  expect(read).toMatchObject({ quick: false, repeat: 1, seed: 1 });
  expect(read.faults.map(({ name }) => name)).toEqual(['none', 'F1']);
  expect(read.scenarios).toHaveLength(7);
});

test('scenarios and faults can be chosen and keep their order', () => {
  const { arguments: read } = readArguments([
    '--quick',
    '--scenario',
    'round-robin-cached,round-robin-local',
    '--fault',
    'F1',
  ]);
  expect(read.scenarios.map(({ name }) => name)).toEqual(['round-robin-local', 'round-robin-cached']);
  expect(read.faults.map(({ name }) => name)).toEqual(['F1']);
});

test('every mistake is reported with what is allowed', () => {
  const { mistakes } = readArguments(['--scenario', 'sticky', '--fault', 'F99', '--repeat', 'often']);
  expect(mistakes).toHaveLength(3);
  expect(mistakes[0]).toContain('choose from round-robin-local, ip-hash-local');
  expect(mistakes[1]).toContain('choose from none, F1');
  expect(mistakes[2]).toContain('whole number from 1 to 100');
});

test('an unknown flag is a mistake, not ignored', () => {
  expect(readArguments(['--fast']).mistakes[0]).toContain('--fast');
});
