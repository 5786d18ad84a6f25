import { expect, test } from '@jest/globals';
import { planUsage, readInputs } from './inputs.js';

const required = ['--users', '2e6', '--rps', '50k', '--replicas', '40'];

test('reads numbers, and takes the rest from defaults that it names as assumed', () => {
  const { inputs, assumptions, mistakes } = readInputs([...required, '--drain-minutes=10']);
  expect(mistakes).toEqual([]);
  expect(inputs).toMatchObject({ users: 2_000_000, rps: 50_000, replicas: 40, scaleOutTo: 60, scaleInTo: 26 });
  const sourceOf = (name: string) => assumptions.find((one) => one.name === name)?.source;
  expect([sourceOf('--users'), sourceOf('--drain-minutes')]).toEqual(['input', 'input']);
  expect([sourceOf('--price-server-hour'), sourceOf('--policy')]).toEqual(['assumed', 'assumed']);
});

test('finds every mistake at once, each with its flag and the fix', () => {
  const { mistakes } = readInputs(
    ['stray', '--users', '2x', '--rps', '--replicas', '0', '--bogus', '3', '--policy', 'ip-hash'].concat([
      '--read-share',
      '.8',
      '--write-share',
      '.5',
      '--spare',
      '1.5',
    ]),
  );
  expect(mistakes).toEqual([
    expect.stringMatching(/^"stray": .*--/),
    expect.stringMatching(/^--rps: .*write --rps <value>/),
    expect.stringMatching(/^--bogus: is unknown/),
    expect.stringMatching(/^--users "2x": .*whole number from 1 to 100000000/),
    expect.stringMatching(/^--replicas "0": .*from 1 to 10000/),
    expect.stringMatching(/^--spare "1.5": .*whole number/),
    expect.stringMatching(/^--read-share 0.8 and --write-share 0.5: .*lower/),
    expect.stringMatching(/^--policy "ip-hash": .*round-robin/),
  ]);
});

test('nothing given: all three required flags are named', () => {
  expect(readInputs([]).mistakes.map((text) => text.split(':')[0])).toEqual(['--users', '--rps', '--replicas']);
});

test.each([
  [['--scale-out-to', '40'], /^--scale-out-to 40: give more than --replicas 40/],
  [['--scale-in-to', '40'], /^--scale-in-to 40: give fewer than --replicas 40/],
])('%j contradicts the replicas', (words, message) => {
  expect(readInputs([...required, ...words]).mistakes).toEqual([expect.stringMatching(message)]);
});

test('one replica can be planned, though nothing can be taken from it', () => {
  expect(readInputs(['--users', '10', '--rps', '1', '--replicas', '1']).mistakes).toEqual([]);
});

test('the usage names every flag', () => {
  for (const flag of ['--users', '--scale-in-to', '--price-traffic-gb', '--policy', '--from', '--json']) {
    expect(planUsage).toContain(flag);
  }
});
