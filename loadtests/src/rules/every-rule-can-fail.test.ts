import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadExperiments } from '../registry/experiments.js';
import { loadRegistry } from '../registry/registry.js';
import type { Experiment } from '../results/results.js';
import { judge } from './judge.js';
import { worldsOfRule } from './worlds-of-rule.fixture.js';

const experiments = loadExperiments(join(import.meta.dirname, '../../experiments'), await loadRegistry());
const rules = experiments.flatMap((experiment) =>
  experiment.rules.map(
    (rule) => [experiment.name, rule.say, { ...experiment, rules: [rule] } as Experiment, rule] as const,
  ),
);

test.each(rules)(
  '%s: with its own arms and blocks it can hold, and each of its clauses can refute it: %s',
  (_, _say, alone, rule) => {
    const { asSaid, otherwise } = worldsOfRule(alone, rule);
    const answer = (runs: typeof asSaid) =>
      judge([alone], runs).map(({ holds, because }) => (holds === null ? because : { holds }));
    expect(answer(asSaid)).toMatchObject([{ holds: true }]);
    expect(otherwise.length).toBeGreaterThan(0);
    for (const { clause, runs } of otherwise)
      expect([clause, ...answer(runs)]).toMatchObject([clause, { holds: false }]);
  },
);
