import { expect, test } from '@jest/globals';
import type { Experiment } from '../results/results.js';
import { quietRun } from '../statistics/synthetic-runs.fixture.js';
import { tellEmpty } from './tell-empty.js';

const named = (name: string): Experiment => ({
  ...{ name, question: '?', claim: 9, journey: 'todos', load: {}, arms: ['a'], disturb: [], rules: [] },
});

test('one experiment without a valid run is told, whatever the others have', () => {
  const [crash, calm] = [named('crash'), named('calm')];
  const said: string[] = [];
  const runs = [quietRun(crash, 'a', 1), quietRun(calm, 'a', 1, { valid: false, invalidBecause: 'too few users' })];
  expect(tellEmpty({ experiments: [crash, calm], runs }, (line) => said.push(line))).toBe(true);
  expect(said).toEqual([expect.stringMatching(/^calm: no run was valid/)]);
  expect(tellEmpty({ experiments: [crash], runs }, (line) => said.push(line))).toBe(false);
});
