import { expect, test } from '@jest/globals';
import { TrustedProxies } from './client-address.js';

const proxies = new TrustedProxies(['10.0.0.0/8', '::1', '192.0.2.7']);

test('a peer is trusted by address or range, in either family', () => {
  expect(proxies.peer('10.9.8.7').trusted).toBe(true);
  expect(proxies.peer('::ffff:10.9.8.7')).toEqual({ address: '10.9.8.7', trusted: true });
  expect(proxies.peer('::1').trusted).toBe(true);
  expect(proxies.peer('192.0.2.8').trusted).toBe(false);
  expect(proxies.peer(undefined).trusted).toBe(false);
});

test('the client is the last address that is not a trusted proxy; what stands before it can be forged', () => {
  const peer = proxies.peer('10.0.0.1');
  expect(proxies.clientAddress(peer, '6.6.6.6, 1.2.3.4, 10.0.0.2')).toBe('1.2.3.4');
  expect(proxies.clientAddress(peer, '10.0.0.3, 10.0.0.2')).toBe('10.0.0.3');
  expect(proxies.clientAddress(peer, 'garbage')).toBe('10.0.0.1');
  expect(proxies.clientAddress(peer, undefined)).toBe('10.0.0.1');
});

test('an untrusted peer is its own address, whatever it says', () => {
  expect(proxies.clientAddress(proxies.peer('1.1.1.1'), '6.6.6.6')).toBe('1.1.1.1');
});
