import { expect, test } from '@jest/globals';
import { type Inputs, readInputs } from './inputs.js';
import { fairShareWithoutBinding, simulate } from './simulate.js';

function inputsOf(...words: string[]): Inputs {
  return readInputs(['--users', '20k', '--rps', '500', '--replicas', '4', ...words]).inputs;
}

test('the same seed gives the same plan, another seed another', () => {
  expect(simulate(inputsOf())).toEqual(simulate(inputsOf()));
  expect(simulate(inputsOf())).not.toEqual(simulate(inputsOf('--seed', '2')));
});

test('a deploy without drain loses every user, and a long drain nearly none', () => {
  expect(simulate(inputsOf('--start-seconds', '0')).deployAtOnce.users).toBeCloseTo(1, 2);
  expect(simulate(inputsOf('--drain-minutes', '300')).deployDrained.users).toBeLessThan(0.01);
});

test('a user whom a deploy sends to a server that is yet to be replaced loses the login again', () => {
  const { logins, users } = simulate(inputsOf('--start-seconds', '0')).deployAtOnce;
  expect(logins).toBeGreaterThan(1.3 * users);
});

test('one server: a deploy takes everybody, with drain or without', () => {
  const { deployAtOnce, deployDrained } = simulate(inputsOf('--replicas', '1', '--scale-in-to', '1'));
  expect([deployAtOnce.users, deployDrained.users]).toEqual([1, 1]);
});

test('after scale-out new servers fill as users come and go: ln 10 sessions until nine tenths, sooner where load counts', () => {
  const words = ['--scale-out-to', '8', '--rps', '20k', '--users', '50k'];
  expect((simulate(inputsOf(...words)).fairShareMinutes ?? 0) / (30 * Math.log(10))).toBeCloseTo(1, 1);
  const byLoad = simulate(inputsOf(...words, '--policy', 'least-requests')).fairShareMinutes ?? Number.NaN;
  expect(byLoad).toBeLessThan(0.5 * 30 * Math.log(10));
});

test('without a cookie only slow start holds new servers back', () => {
  expect(fairShareWithoutBinding(inputsOf())).toBe(0);
  const minutes = fairShareWithoutBinding(inputsOf('--slow-start-seconds', '60'));
  expect(minutes).toBeGreaterThan(0.5);
  expect(minutes).toBeLessThan(1);
});

test.each(['round-robin', 'least-requests', 'random-two'])('1e8 users on 10 000 servers are a sample: %s', (policy) => {
  const huge = simulate(inputsOf('--users', '1e8', '--rps', '2.5M', '--replicas', '10k', '--policy', policy));
  expect(huge.servers).toBe(100);
  expect(huge.sample).toBeLessThanOrEqual(30_000);
  expect(huge.relativeError).toBeGreaterThan(0);
  expect(huge.maxOverMean).toBeGreaterThanOrEqual(1);
  expect(huge.maxOverMean).toBeLessThan(1.2);
});
