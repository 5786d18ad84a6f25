import { expect, test } from '@jest/globals';
import { clientAddresses } from './client-addresses.js';

test('the same seed gives the same addresses, each once', () => {
  const addresses = clientAddresses(500, 7);
  expect(new Set(addresses).size).toBe(500);
  expect(clientAddresses(500, 7)).toEqual(addresses);
  expect(clientAddresses(500, 8)).not.toEqual(addresses);
  expect(addresses.every((address) => /^198\.1[89]\.\d{1,3}\.\d{1,3}$/.test(address))).toBe(true);
});
