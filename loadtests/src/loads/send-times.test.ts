import { expect, test } from '@jest/globals';
import { type PartlyOpenLoad, requestsOf, sendTimes, signInMs } from './send-times.js';

const load: PartlyOpenLoad = {
  users: 61,
  perSecond: 0.7,
  spacing: 'exponential',
  warmUpMs: 10_000,
  measureMs: 40_000,
  heavyUsers: 0,
};

test('the same seed gives a user the same times, another user or seed others', () => {
  expect(sendTimes(load, 3, 5)).toEqual(sendTimes(load, 3, 5));
  expect(sendTimes(load, 3, 6)).not.toEqual(sendTimes(load, 3, 5));
  expect(sendTimes(load, 4, 5)).not.toEqual(sendTimes(load, 3, 5));
});

test('every user has the same number of requests, in order and within the measured time', () => {
  for (const spacing of ['exponential', 'even'] as const) {
    for (let user = 1; user <= 61; user++) {
      const times = sendTimes({ ...load, spacing }, 1, user);
      expect(times).toHaveLength(28);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(10_000);
      expect(Math.max(...times)).toBeLessThanOrEqual(50_000);
    }
  }
});

test('gaps of all users together are exponential: their deviation is about their mean', () => {
  const times = Array.from({ length: 200 }, (_, user) => sendTimes(load, 1, user))
    .flat()
    .sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(deviation / mean).toBeGreaterThan(0.9);
  expect(deviation / mean).toBeLessThan(1.1);
});

test('users sign in one after the other and are done before the measured time', () => {
  expect(signInMs(load, 1)).toBe(0);
  expect(signInMs(load, 61)).toBeLessThan(7_000);
});

test('a load so small still has one request a user', () => {
  expect(requestsOf({ ...load, perSecond: 0.001 }, 1)).toBe(1);
});

test('ten heavy users make half of all requests', () => {
  const counts = Array.from({ length: 61 }, (_, n) => requestsOf({ ...load, heavyUsers: 10 }, n + 1));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const heavy = counts.slice(0, 10).reduce((sum, count) => sum + count, 0);
  expect(heavy / all).toBeGreaterThan(0.48);
  expect(heavy / all).toBeLessThan(0.52);
});

test('users who stay for a while send their requests in it', () => {
  for (const spacing of ['exponential', 'even'] as const) {
    const times = sendTimes({ ...load, spacing, stayMs: 8_000 }, 1, 3);
    expect(times).toHaveLength(6);
    expect(Math.max(...times)).toBeLessThan(18_000);
  }
});
