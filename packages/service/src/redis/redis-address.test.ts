import { describe, expect, test } from '@jest/globals';
import { clusterAddress, isRedisAddress, sentinelAddress } from './redis-address.js';

describe('the address of a Redis Cluster', () => {
  test('names some of its masters', () => {
    expect(clusterAddress('redis+cluster://127.0.0.1:7001,redis-2:7002,[::1]:7003')).toEqual({
      servers: [
        { host: '127.0.0.1', port: 7001 },
        { host: 'redis-2', port: 7002 },
        { host: '::1', port: 7003 },
      ],
      tls: false,
    });
  });

  test('may carry a user, a password and TLS', () => {
    expect(clusterAddress('rediss+cluster://ada:p%40ss%3A@host:7001')).toEqual({
      servers: [{ host: 'host', port: 7001 }],
      username: 'ada',
      password: 'p@ss:',
      tls: true,
    });
    expect(clusterAddress('redis+cluster://:secret@host:7001/')).toMatchObject({ password: 'secret' });
    expect(clusterAddress('redis+cluster://:secret@host:7001')).not.toHaveProperty('username');
  });

  test.each([
    'redis+cluster://',
    'redis+cluster://host',
    'redis+cluster://host:0',
    'redis+cluster://host:70000',
    'redis+cluster://host:7001,',
    'redis+cluster://host:7001,other',
    'redis+cluster://a:%zz@host:7001',
    // There is only the database 0.
    'redis+cluster://host:7001/1',
    'redis://host:7001,host:7002',
    'http://host:7001',
    'nonsense',
  ])('is not %s', (url) => {
    expect(clusterAddress(url)).toBeUndefined();
    expect(isRedisAddress(url)).toBe(false);
  });

  test('is not the address of a single Redis, which is unchanged', () => {
    for (const url of ['redis://127.0.0.1:6379', 'rediss://ada:secret@host:6380/2', 'redis://localhost']) {
      expect(clusterAddress(url)).toBeUndefined();
      expect(isRedisAddress(url)).toBe(true);
    }
  });
});

test('S16: the address of Sentinels names them and the master', () => {
  expect(sentinelAddress('redis+sentinel://10.0.0.1:26379,redis-2:26380,[::1]/main')).toEqual({
    sentinels: [
      { host: '10.0.0.1', port: 26379 },
      { host: 'redis-2', port: 26380 },
      { host: '::1', port: 26379 },
    ],
    name: 'main',
    tls: false,
  });
  expect(
    sentinelAddress('rediss+sentinel://ada:p%40ss@host:1/main/2?sentinelUsername=bob&sentinelPassword=s%26cret'),
  ).toEqual({
    sentinels: [{ host: 'host', port: 1 }],
    name: 'main',
    db: 2,
    username: 'ada',
    password: 'p@ss',
    sentinelUsername: 'bob',
    sentinelPassword: 's&cret',
    tls: true,
  });
  expect(sentinelAddress('redis+sentinel://:secret@host:1/main?db=3')).toMatchObject({ password: 'secret', db: 3 });
});

test.each([
  'redis+sentinel://host:26379',
  'redis+sentinel://host:26379/',
  'redis+sentinel:///main',
  'redis+sentinel://host:0/main',
  'redis+sentinel://host:1,/main',
  'redis+sentinel://host:1/main/x',
  'redis+sentinel://host:1/main?database=1',
  'redis+sentinel://a:%zz@host:1/main',
  'redis+sentinel://host:1/main?db=x',
])('S16: %s is no address of Sentinels', (url) => {
  expect(sentinelAddress(url)).toBeUndefined();
  expect(isRedisAddress(url)).toBe(false);
});
