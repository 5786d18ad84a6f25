import { expect, test } from '@jest/globals';
import { readServerArguments } from './server-arguments.js';

const names = (...args: string[]) => {
  const read = readServerArguments(args);
  return 'mistake' in read ? read.mistake : read.forms.map(({ name }) => name);
};

test('without a flag the plain form comes first, and the others follow, so that `down` ends them all', () => {
  expect(names('redis')).toEqual(['redis', 'redis-sentinel', 'redis-cluster']);
  expect(names('kafka')).toEqual(['kafka', 'kafka-3']);
  expect(names('memcached')).toEqual(['memcached']);
});

test('S16: a flag chooses one form', () => {
  expect(names('redis', '--profile', 'cluster')).toEqual(['redis-cluster']);
  expect(names('redis', '--profile', 'single')).toEqual(['redis']);
  expect(names('kafka', '--brokers', '3')).toEqual(['kafka-3']);
});

test.each([
  [['redis', '--profile', 'many'], '--profile is "many": it must be one of single, sentinel, cluster.'],
  [['kafka', '--brokers', '2'], '--brokers is "2": it must be one of 1, 3.'],
  [['kafka', '--profile', 'cluster'], '--profile is not for kafka: its flag is --brokers 1|3.'],
  [['memcached', '--brokers', '3'], '--brokers is not for memcached: it has no flags.'],
  [['mysql'], 'Give the name of one server: redis, kafka, memcached, toxiproxy.'],
  [['redis', 'kafka'], 'Give the name of one server: redis, kafka, memcached, toxiproxy.'],
  [['redis', '--size', '3'], /^Unknown option '--size'/],
])('%j is refused with the flag and its values', (args, mistake) => {
  if (typeof mistake === 'string') expect(names(...args)).toBe(mistake);
  else expect(names(...args)).toMatch(mistake);
});
