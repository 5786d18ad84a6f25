import { expect, test } from '@jest/globals';
import type { Experiment } from '../results/results.js';
import { quietRun } from '../statistics/synthetic-runs.fixture.js';
import { rank } from './rank.js';

const experiment: Experiment = {
  ...{ name: 'latency', question: 'Which is fastest?', claim: 6, journey: 'todos', load: {}, disturb: [] },
  arms: ['slow', 'fast', 'fast-too', 'once', 'fast@twin'],
  rules: [{ say: 'fast is faster', estimated: 'ratio(p50Ms, fast, slow) < 0.9' }],
};
const runs = Object.entries({
  slow: [20, 41, 30],
  fast: [10, 20, 15],
  'fast-too': [10.1, 19.8, 15.2],
  once: [1],
  'fast@twin': [10, 20, 15.1],
}).flatMap(([arm, values]) => values.map((p50Ms, n) => quietRun(experiment, arm, n + 1, { p50Ms })));

test('arms whose ratio may be 1 share a place; the twin and an arm with one block have none', () => {
  const [ranking] = rank(experiment, runs);
  expect(ranking?.measure).toBe('p50Ms');
  expect(ranking?.arms.map(({ arm, place }) => `${place} ${arm}`).sort()).toEqual(['1 fast', '1 fast-too', '3 slow']);
  expect(ranking?.arms[2]?.ratio?.low).toBeGreaterThan(1);
});

test('with noise larger than the difference nobody is ranked', () => {
  const noisy = ['slow', 'fast'].flatMap((arm) =>
    [1, 2, 3].map((block) =>
      quietRun(experiment, arm, block, { p50Ms: 10 + ((block * (arm === 'slow' ? 7 : 5)) % 9) }),
    ),
  );
  expect(rank(experiment, noisy)[0]?.arms.map(({ place }) => place)).toEqual([1, 1]);
});

test('runs that are not valid rank nothing', () => {
  expect(
    rank(
      experiment,
      runs.map((run) => ({ ...run, valid: false })),
    ),
  ).toEqual([]);
});
