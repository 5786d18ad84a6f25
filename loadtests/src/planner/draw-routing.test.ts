import { expect, test } from '@jest/globals';
import { drawRouting, routingOptions } from './draw-routing.js';

const draw = (options: object) => drawRouting(routingOptions.parse({ users: 60, draws: 5, ...options }), 1);

test('round robin is even and binds nobody', () => {
  const { maxShareOverMean, unevenRequests, moved } = draw({ policy: 'round-robin' });
  expect(maxShareOverMean).toBeCloseTo(1);
  expect(unevenRequests).toEqual({ hit: 0, of: 5 });
  expect(moved.steady).toEqual({ hit: 300, of: 300 });
});

test('a hash binds every user whose server is there, and a new server takes its part of them', () => {
  const { moved } = draw({ policy: 'ip-hash' });
  expect(moved.steady).toEqual({ hit: 0, of: 300 });
  expect(moved.serverGone.hit).toBe(0);
  // Users of the server that goes count once they have another.
  expect(moved.serverGone.of).toBeGreaterThan(200);
  expect(moved.serverAdded.hit / moved.serverAdded.of).toBeCloseTo(1 / 4, 1);
});

test('a cookie binds users also when a server comes', () => {
  expect(draw({ policy: 'round-robin', cookie: true }).moved.serverAdded.hit).toBe(0);
});

test('heavy users make half of the requests, so that a cookie is less even', () => {
  const light = draw({ policy: 'round-robin', cookie: true, draws: 50 });
  const heavy = draw({ policy: 'round-robin', cookie: true, draws: 50, heavyUsers: 5 });
  expect(heavy.maxShareOverMean).toBeGreaterThan(light.maxShareOverMean + 0.05);
});

test('long requests are uneven work under round robin, and least requests evens them out', () => {
  const work = (policy: string) => draw({ policy, unequalWork: true, draws: 50 }).maxWorkOverMean;
  expect(work('round-robin')).toBeGreaterThan(work('least-requests') + 0.03);
});

test('the same seed draws the same', () => {
  expect(draw({ policy: 'random-two' })).toEqual(draw({ policy: 'random-two' }));
});
