import { expect, test } from '@jest/globals';
import { waitFor } from './wait-for.js';

test('waitFor returns the truthy value as soon as the condition holds', async () => {
  let looks = 0;
  expect(await waitFor(() => (++looks === 3 ? 'third' : undefined))).toBe('third');
  expect(looks).toBe(3);
});

test('waitFor names the condition that was not true in time', async () => {
  const never = waitFor(() => false, { timeoutMs: 30, what: 'the server answers' });
  await expect(never).rejects.toThrow('not true within 30 ms: the server answers');
});
