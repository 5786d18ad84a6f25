import { describe, expect, test } from '@jest/globals';
import { RequestHead } from '../http1/request-head.js';
import { TrustedProxies } from './client-address.js';

const proxies = new TrustedProxies(['10.0.0.0/8', '::1', '192.0.2.7', '2001:DB8:0:0::/64', '::ffff:172.16.0.0/108']);
const head = new RequestHead({ maxRequestLineBytes: 8192, maxHeadBytes: 16_384, maxHeaders: 100 });

function origin(address: string, ...fields: string[]): ReturnType<TrustedProxies['origin']> {
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`);
  expect(head.read(bytes, 0, bytes.length)).toBe(bytes.length);
  return proxies.origin(proxies.peer(address, 80), head);
}
const client = (list: string): string => origin('10.0.0.1', `X-Forwarded-For: ${list}`).address;

test('a peer is trusted by address or range, in either family', () => {
  const trusted = (address: string | undefined): boolean => proxies.peer(address, 80).trusted;
  expect(trusted('10.9.8.7')).toBe(true);
  expect(proxies.peer('::ffff:10.9.8.7', 80)).toMatchObject({ address: '10.9.8.7', trusted: true });
  expect(trusted('::1')).toBe(true);
  expect(trusted('192.0.2.8')).toBe(false);
  expect(trusted(undefined)).toBe(false);
});

test('P9: every spelling of an IPv6 address is one address for trust', () => {
  for (const address of ['2001:db8::7', '2001:0DB8:0000::0007', '2001:db8:0:0:0:0:0:7', '2001:db8::7%eth0']) {
    expect(proxies.peer(address, 80)).toMatchObject({ address: '2001:db8::7', trusted: true });
  }
  for (const address of ['::ffff:172.16.3.4', '::FFFF:ac10:304', '0:0:0:0:0:ffff:172.16.3.4', '172.16.3.4']) {
    expect(proxies.peer(address, 80)).toMatchObject({ address: '172.16.3.4', trusted: true });
  }
});

test('the client is the last address that is not a trusted proxy; what stands before it can be forged', () => {
  expect(client('6.6.6.6, 1.2.3.4, 10.0.0.2')).toBe('1.2.3.4');
  expect(client('10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  expect(client('garbage')).toBe('10.0.0.1');
  expect(origin('10.0.0.1').address).toBe('10.0.0.1');
});

test('P9: several X-Forwarded-For fields are one list', () => {
  expect(origin('10.0.0.1', 'X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 1.2.3.4').address).toBe('1.2.3.4');
});

test('P9: ports and brackets are read', () => {
  expect(client('1.2.3.4:5678')).toBe('1.2.3.4');
  expect(client('[2001:db9::1]:99')).toBe('2001:db9::1');
  expect(client('[2001:DB9:0::1]')).toBe('2001:db9::1');
  expect(client('2001:db9:0:0::1')).toBe('2001:db9::1');
  expect(client('::ffff:1.2.3.4')).toBe('1.2.3.4');
  expect(client('6.6.6.6, 1.2.3.4:5, 10.0.0.2:6')).toBe('1.2.3.4');
  expect(client('1.2.3.4:5:6')).toBe('10.0.0.1');
});

describe('P9: Forwarded of a trusted proxy', () => {
  test('tells address, scheme and host', () => {
    expect(origin('10.0.0.1', 'Forwarded: for=1.2.3.4;proto=https;host=shop.example')).toMatchObject({
      address: '1.2.3.4',
      passed: '1.2.3.4, ',
      proto: 'https',
      host: 'shop.example',
    });
    expect(origin('10.0.0.1', 'Forwarded: For="[2001:DB9::1]:4711"; Proto=HTTPS').address).toBe('2001:db9::1');
  });

  test('is read from its end, like a list', () => {
    const value = 'Forwarded: for=6.6.6.6;proto=http, for=1.2.3.4;proto=https, for="10.0.0.2:80";proto=http';
    expect(origin('10.0.0.1', value)).toMatchObject({ address: '1.2.3.4', proto: 'https' });
    expect(origin('10.0.0.1', 'Forwarded: for=6.6.6.6', 'Forwarded: for=1.2.3.4').address).toBe('1.2.3.4');
  });

  test('stops at what hides its address, and counts for nothing when malformed', () => {
    expect(origin('10.0.0.1', 'Forwarded: for=_hidden, for=10.0.0.2').address).toBe('10.0.0.2');
    expect(origin('10.0.0.1', 'Forwarded: for="1.2.3.4').address).toBe('10.0.0.1');
    expect(origin('10.0.0.1', 'Forwarded: for=1.2.3.4;proto=gopher;host=a/b')).toMatchObject({ proto: '', host: '' });
  });

  test('gives way to X-Forwarded-For, which proxies that pass on Forwarded unread write themselves', () => {
    expect(origin('10.0.0.1', 'Forwarded: for=6.6.6.6', 'X-Forwarded-For: 1.2.3.4').address).toBe('1.2.3.4');
  });
});

test('an untrusted peer is its own address, whatever it says', () => {
  expect(origin('1.1.1.1', 'X-Forwarded-For: 6.6.6.6', 'Forwarded: for=6.6.6.6').address).toBe('1.1.1.1');
});
