import { expect, test } from '@jest/globals';
import { seededRandom } from './seeded-random.js';

/** Which of three servers each request of each user meets, when requests take turns with the servers in the order they come. */
function serversMet(users: number, pauseMs: (user: number) => () => number): Set<number>[] {
  const requests = Array.from({ length: users }, (_, user) => {
    const pause = pauseMs(user);
    let atMs = 0;
    return Array.from({ length: 12 }, () => {
      atMs += pause();
      return { user, atMs };
    });
  });
  const met = Array.from({ length: users }, () => new Set<number>());
  for (const [turn, { user }] of requests
    .flat()
    .sort((a, b) => a.atMs - b.atMs)
    .entries()) {
    met[user]?.add(turn % 3);
  }
  return met;
}

test('L3: users who pause at random meet several servers, though their number is a multiple of the servers', () => {
  const inStep = serversMet(9, () => () => 100);
  expect(inStep.every((servers) => servers.size === 1)).toBe(true);
  const atRandom = serversMet(9, (user) => {
    const random = seededRandom(1 + user);
    return () => 100 * (0.5 + random());
  });
  expect(atRandom.every((servers) => servers.size > 1)).toBe(true);
});

test('L3: the pauses of users with numbers in a row are not alike', () => {
  const first = Array.from({ length: 100 }, (_, user) => seededRandom(1 + user)());
  expect(new Set(first.map((value) => Math.floor(value * 10))).size).toBe(10);
});
