import { expect, test } from '@jest/globals';
import type { Experiment, Rule } from '../results/results.js';
import { syntheticRuns } from '../statistics/synthetic-runs.fixture.js';
import { judge } from './judge.js';

const RULES: Partial<Rule>[] = [
  { counted: 'todosLost(round-robin-cached, round-robin-shared) is 0' },
  { counted: 'loggedOut(round-robin-cached, round-robin-shared) is 0' },
  { each: 'loggedOut(bound, sticky-cookie-local) is all; loggedOut(unbound) is 0' },
  { counted: 'wrongUser is 0' },
  { estimated: 'same(p99Ms, round-robin-cached, round-robin-shared) within 1.3' },
  { estimated: 'ratio(cpuUs.redis, round-robin-cached, round-robin-shared) < 0.5' },
];
const world: Experiment = {
  ...{ name: 'crash', question: 'What is lost when a server is killed?', claim: 9, journey: 'todos', load: {} },
  arms: ['sticky-cookie-local', 'round-robin-cached', 'round-robin-shared', 'round-robin-cached@twin'],
  disturb: [{ at: '20s', kill: 'server-2' }],
  rules: RULES.map((rule, n) => ({ say: `sentence ${n + 1}`, ...rule })),
};

test('with nothing planted nothing is found, in none of 40 worlds', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const verdicts = judge([world], syntheticRuns(world, { seed, blocks: 3 }));
    expect(verdicts.filter(({ holds }) => holds === false)).toEqual([]);
    expect(verdicts.slice(0, 4).map(({ holds }) => holds)).toEqual([true, true, true, true]);
  }
});

test.each([
  ['every tenth todo is forgotten', 'round-robin-shared', 0],
  ['a server loses the login with 1 %', 'round-robin-cached', 1],
  ['a server loses the login with 1 %', 'sticky-cookie-local', 2],
  ['a server answers for the wrong user', 'round-robin-shared', 3],
  ['a server is 50 ms slower', 'round-robin-cached', 4],
  ['the store loses its last second', 'round-robin-cached', 0],
] as const)('counter-world: %s in %s, and only the rule about it is refuted', (planted, arm, refuted) => {
  const where = arm === 'round-robin-cached' && planted.includes('50 ms') ? [arm, `${arm}@twin`] : [arm];
  const verdicts = judge([world], syntheticRuns(world, { seed: 3, blocks: 3, planted, in: where }));
  expect(verdicts.flatMap(({ holds }, n) => (holds === false ? [n] : []))).toEqual([refuted]);
});

test('counter-world: one start of the same arm 50 ms slower is noise, and no speed is decided', () => {
  const planted = 'a server is 50 ms slower';
  const verdicts = judge(
    [world],
    syntheticRuns(world, { seed: 3, blocks: 3, planted, in: ['round-robin-cached@twin'] }),
  );
  expect(verdicts.slice(4).map(({ holds }) => holds)).toEqual([null, null]);
});
