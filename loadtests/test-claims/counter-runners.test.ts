// Nothing here measures time, so that other suites may run beside it.
import { expect, test } from '@jest/globals';
import { askRunner as ask } from './ask-runner.js';

const RUN_MS = 300_000;

test(
  'parallel writes: every rule holds, and with the usual store in the place of ours the rules about ours do not',
  async () => {
    expect(Object.values(await ask('parallel-writes', {}))).toEqual([true, true, true, true, true]);
    const planted = { 'two-servers-cached': { store: 'connect-redis' } };
    expect(Object.values(await ask('parallel-writes', planted))).toEqual([true, true, true, false, false]);
  },
  RUN_MS,
);

test(
  'growth: a process dies of its sessions, and one that keeps none of them refutes that it does',
  async () => {
    // One block decides counts, not figures.
    expect(Object.values(await ask('growth', {}))).toEqual([true, null, null, null]);
    const planted = { 'sticky-cookie-local': { store: 'redis' } };
    expect(Object.values(await ask('growth', planted))).toEqual([false, null, null, null]);
  },
  RUN_MS,
);

test(
  'until full: a tenth of the memory holds fewer sessions, and a Redis that refuses is not one that evicts',
  async () => {
    const small = { megabytes: 32 };
    expect(Object.values(await ask('until-full', {}, small))).toEqual([false, false, true]);
    const planted = { 'redis-evicts': { eviction: 'noeviction' } };
    expect(Object.values(await ask('until-full', planted, small))).toEqual([false, false, false]);
  },
  RUN_MS,
);

test('effort: every rule holds for the files of the example, and each is refuted by other files', async () => {
  expect(Object.values(await ask('effort', {}))).toEqual([true, true, true, true, true]);
  const answers = async (arm: string, options: object) => Object.values(await ask('effort', { [arm]: options }));
  expect(await answers('sticky-cookie-local', { code: 'connect-redis.js' })).toEqual([false, true, true, true, true]);
  const start = { code: 'memory.js', gateway: 'round-robin.yaml' };
  expect(await answers('one-server-to-sticky', { start })).toEqual([true, false, true, true, true]);
  expect(await answers('round-robin-cached', { code: 'memory.js' })).toEqual([true, true, false, false, true]);
  // As if the whole app had to be written anew.
  const nothing = { start: { code: 'sticky.yaml' } };
  expect(await answers('round-robin-connect-redis', nothing)).toEqual([true, true, true, true, false]);
});

test('monthly cost: every rule holds, and each is refuted by other prices, another day or other sessions', async () => {
  expect(Object.values(await ask('monthly-cost', {}))).toEqual([true, true, true, true, true]);
  const answers = async (inputs: object, ...arms: [string, string][]) =>
    Object.values(await ask('monthly-cost', Object.fromEntries(arms.map(([name, arm]) => [name, { arm, inputs }]))));
  const cached: [string, string] = ['round-robin-cached', 'near-cache'];
  const memory: [string, string] = ['sticky-cookie-local', 'local-sticky'];
  // A day without a night, and sessions of a minute: whoever waits for the last user waits for nobody.
  const stores = [['round-robin-connect-redis', 'connect-redis'], ['round-robin-shared', 'shared'], cached] as [
    string,
    string,
  ][];
  expect(await answers({ night: 1 }, ...stores)).toEqual([false, true, true, true, true]);
  expect(await answers({ sessionMinutes: 1, drainMinutes: 100 }, memory)).toEqual([true, false, false, true, true]);
  expect(await answers({ priceRedisGbHour: 100 }, cached)).toEqual([true, true, true, false, false]);
});

test(
  'languages: every rule holds, and a service that has another secret refutes each',
  async () => {
    expect(Object.values(await ask('languages', {}))).toEqual([true, true, true]);
    const planted = { php: { language: 'php', sharesSecret: false, users: 20 } };
    expect(Object.values(await ask('languages', planted))).toEqual([false, false, false]);
  },
  RUN_MS,
);

test(
  'two releases: every rule holds, and a store that does not translate refutes that it serves both',
  async () => {
    expect(Object.values(await ask('two-releases', {}))).toEqual([true, true, true, true, true]);
    const planted = { 'changed-form-both-ways': { translates: 'nothing' }, 'same-form': { form: 'changed' } };
    expect(Object.values(await ask('two-releases', planted))).toEqual([false, true, true, true, false]);
  },
  RUN_MS,
);
