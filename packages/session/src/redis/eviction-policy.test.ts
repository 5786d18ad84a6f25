import { expect, test } from '@jest/globals';
import { evictionPolicy } from './eviction-policy.js';

const info = (limit: string, policy: string) =>
  `# Memory\r\nused_memory:1\r\nmaxmemory:${limit}\r\nmaxmemory_human:x\r\nmaxmemory_policy:${policy}\r\n`;

test('S0c: a Redis evicts only with a limit and a policy that deletes keys', () => {
  expect(evictionPolicy(info('1000', 'allkeys-lru'))).toBe('allkeys-lru');
  expect(evictionPolicy(info('1000', 'volatile-ttl'))).toBe('volatile-ttl');
  expect(evictionPolicy(info('1000', 'noeviction'))).toBeUndefined();
  expect(evictionPolicy(info('0', 'allkeys-lru'))).toBeUndefined();
});

test('S0c: a Redis that does not say is taken for one that evicts', () => {
  expect(evictionPolicy('')).toBe('unknown');
});
