import { expect, test } from '@jest/globals';
import { readCompareArguments } from './arguments.js';

const read = (...argv: string[]) =>
  readCompareArguments(argv, {
    arms: ['ip-hash-local', 'round-robin-cached'],
    disturbances: ['kill', 'freeze'],
    engines: ['holdfast', 'nginx'],
  });

test('without arguments it is the standard set, three blocks, everything', () => {
  expect(read()).toMatchObject({
    mistakes: [],
    arguments: { set: 'standard', blocks: 3, seed: 1, scenarios: undefined, faults: undefined },
  });
  expect(read('--quick').arguments).toMatchObject({ set: 'quick', blocks: 2 });
  expect(read('--deep').arguments).toMatchObject({ set: 'deep', blocks: 3 });
});

test('load balancers are a list of known ones', () => {
  expect(read('--engine', 'nginx,holdfast').arguments.engines).toEqual(['nginx', 'holdfast']);
  expect(read('--engine', 'ngin').mistakes[0]).toContain('did you mean "nginx"?');
});

test('arms and disturbances are lists, and none is a disturbance', () => {
  const { mistakes, arguments: asked } = read(
    '--scenario',
    'ip-hash-local, round-robin-cached',
    '--fault',
    'none,kill',
    '--repeat',
    '5',
  );
  expect(mistakes).toEqual([]);
  expect(asked).toMatchObject({
    scenarios: ['ip-hash-local', 'round-robin-cached'],
    faults: ['none', 'kill'],
    blocks: 5,
  });
});

test('L6: every mistake is listed with what is allowed', () => {
  expect(read('--scenario', 'ip-hash-locl', '--fault', 'meteor', '--repeat', '0', '--seed', 'x').mistakes).toEqual([
    '--scenario "ip-hash-locl" is unknown; did you mean "ip-hash-local"?',
    '--fault "meteor" is unknown; choose from none, kill, freeze',
    '--repeat "0" must be a whole number from 1 to 100',
    '--seed "x" must be a whole number from 0 to 999999999',
  ]);
  expect(read('--quick', '--deep').mistakes).toEqual(['--quick and --deep exclude each other']);
  expect(read('--resume', 'a', '--from', 'b').mistakes).toEqual(['--resume and --from exclude each other']);
  expect(read('--nonsense').mistakes[0]).toContain('--nonsense');
});

test.each(['--resume', '--from'])('%s refuses by name each flag that it would ignore', (reader) => {
  expect(read(reader, 'x', '--repeat', '5', '--quick').mistakes).toEqual([
    `--quick has no effect with ${reader}, which keeps what its results.json was asked; leave it out`,
    `--repeat has no effect with ${reader}, which keeps what its results.json was asked; leave it out`,
  ]);
  expect(read(reader, 'x', '--against', 'y').mistakes).toEqual([]);
});
