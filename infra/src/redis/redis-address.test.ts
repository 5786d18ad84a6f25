import { expect, test } from '@jest/globals';
import { isRedisAddress, portOf, serversOf } from './redis-address.js';

const hrefs = (text: string) => serversOf(text).map(({ href }) => href);

test('a single Redis is one server with its credentials', () => {
  expect(hrefs('rediss://ada:secret@host:6380/2')).toEqual(['rediss://ada:secret@host:6380/2']);
  expect(portOf('redis://localhost')).toBe(6379);
});

test('S16: the servers of a Cluster have its credentials, Sentinels do not', () => {
  expect(hrefs('rediss+cluster://:secret@one:7001,two:7002')).toEqual([
    'rediss://:secret@one:7001',
    'rediss://:secret@two:7002',
  ]);
  expect(hrefs('redis+sentinel://:secret@one,two:26380/main/2')).toEqual(['redis://one:26379', 'redis://two:26380']);
  expect(portOf('redis+sentinel://one,two:26380/main')).toBe(26_379);
});

test.each(['http://x', 'redis', '', 'redis+other://x:1'])('%s is no address', (text) => {
  expect(isRedisAddress(text)).toBe(false);
});
