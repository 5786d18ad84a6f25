import { expect, test } from '@jest/globals';
import { seededRandom } from '../loads/seeded-random.js';
import type { Experiment } from '../results/results.js';
import { normal } from '../statistics/noise.fixture.js';
import { quietRun } from '../statistics/synthetic-runs.fixture.js';
import { judge } from './judge.js';

const WORLDS = 600;
const experiment: Experiment = {
  ...{ name: 'latency', question: 'Which is faster?', claim: 6, journey: 'todos', load: {}, disturb: [] },
  arms: ['a', 'b', 'c', 'b@twin'],
  rules: [{ say: 'a is at most a fifth slower', estimated: 'ratio(p50Ms, a, b) < 1.2' }],
};

/** Answers of as many worlds in which a is truly so many times as slow as b. */
function answers(ratio: number, blocks: number): { holds: number; fails: number; untold: number } {
  const random = seededRandom(5);
  const counts = { holds: 0, fails: 0, untold: 0 };
  for (let world = 0; world < WORLDS; world++) {
    const runs = Array.from({ length: blocks }, (_, n) => {
      const blockMs = 5 * Math.exp(0.3 * normal(random));
      return experiment.arms.map((arm) =>
        quietRun(experiment, arm, n + 1, {
          p50Ms: blockMs * (arm === 'a' ? ratio : 1) * Math.exp(0.02 * normal(random)),
        }),
      );
    }).flat();
    const holds = judge([experiment], runs)[0]?.holds;
    counts[holds === true ? 'holds' : holds === false ? 'fails' : 'untold']++;
  }
  return counts;
}

test('a ratio that is exactly the margin is decided in no more worlds than the level allows, to both sides alike', () => {
  const { holds, fails } = answers(1.2, 3);
  expect(holds / WORLDS).toBeLessThan(0.05);
  expect(fails / WORLDS).toBeLessThan(0.05);
});

test('a ratio well within or beyond the margin is nearly always decided, and never wrongly', () => {
  const within = answers(1, 3);
  expect(within.fails).toBe(0);
  expect(within.holds / WORLDS).toBeGreaterThan(0.9);
  const beyond = answers(1.5, 3);
  expect(beyond.holds).toBe(0);
  expect(beyond.fails / WORLDS).toBeGreaterThan(0.9);
});
