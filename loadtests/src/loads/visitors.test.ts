import { expect, test } from '@jest/globals';
import visitors from './visitors.js';

const load = visitors.draw(
  visitors.settings.parse({ users: 3_000, requestsPerUser: '0.5/s', stay: '20s', warmUp: '60s', measure: '240s' }),
);
const visits = Array.from({ length: 3_000 }, (_, n) => ({
  fromMs: load.signInMs(n + 1, 7),
  times: load.sendTimes(n + 1, 7),
}));

test('visitors come all the time, and the same seed gives a visitor the same times', () => {
  for (const part of [0, 1, 2, 3, 4]) {
    const came = visits.filter(({ fromMs }) => fromMs >= part * 60_000 && fromMs < (part + 1) * 60_000);
    expect(came.length).toBeGreaterThan(590);
  }
  expect(load.sendTimes(5, 7)).toEqual(visits[4]?.times);
  expect(load.sendTimes(5, 8)).not.toEqual(visits[4]?.times);
});

test('every request comes after the login, in order, and before the measured time ends', () => {
  for (const { fromMs, times } of visits) {
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0] ?? Infinity).toBeGreaterThanOrEqual(fromMs);
    expect(times.at(-1) ?? 0).toBeLessThanOrEqual(300_000);
  }
});

test('a stay is as long as said on average, and exponential: about a third stays for longer than the mean', () => {
  // Those who came early enough to leave before the end.
  const stays = visits.slice(0, 1_500).map(({ fromMs, times }) => (times.at(-1) ?? fromMs) - fromMs);
  // The last request comes two seconds before the end of the stay on average, for stays that are long enough.
  const mean = stays.reduce((sum, ms) => sum + ms, 0) / stays.length;
  expect(mean / 1000).toBeGreaterThan(17);
  expect(mean / 1000).toBeLessThan(20);
  const long = stays.filter((ms) => ms > mean).length / stays.length;
  expect(long).toBeGreaterThan(0.33);
  expect(long).toBeLessThan(0.4);
});
