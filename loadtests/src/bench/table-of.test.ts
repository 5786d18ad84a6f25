import { expect, test } from '@jest/globals';
import { lostRun } from '../plan/lost-run.js';
import type { Experiment, Run } from '../results/results.js';
import { tableOf } from './table-of.js';

const experiment = { name: 'fan-out', arms: ['full', 'calm'] } as Experiment;

function run(arm: string, block: number, given: Partial<Run>): Run {
  const plan = { experiment: 'fan-out', block, arm: { name: arm, scenario: arm, engine: 'chat', options: {} } };
  return { ...lostRun(plan, 'it was cold'), valid: true, invalidBecause: null, ...given };
}

test('counts are added, figures are medians, and each part of a figure has its own row', () => {
  const runs = [
    run('full', 1, { counted: { missing: { hit: 1, of: 10 } }, estimated: { 'p50Ms.ours': 3, 'p50Ms.theirs': 7 } }),
    run('full', 2, { counted: { missing: { hit: 0, of: 10 } }, estimated: { 'p50Ms.ours': 5.4321 } }),
    run('full', 3, { estimated: { 'p50Ms.ours': 9 } }),
  ];
  expect(tableOf({ experiments: [experiment], runs })).toEqual({
    full: { missing: '1 of 20' },
    'full ours': { p50Ms: 5.43 },
    'full theirs': { p50Ms: 7 },
  });
});

test('an arm without a valid run says why, and only wanted columns are shown', () => {
  const runs = [
    run('calm', 1, { valid: false, invalidBecause: 'it was cold' }),
    run('full', 1, { estimated: { p50Ms: 3, p99Ms: 1234.5 } }),
  ];
  expect(tableOf({ experiments: [experiment], runs }, ['p99Ms'])).toEqual({
    calm: { invalid: 'it was cold' },
    full: { p99Ms: 1235 },
  });
});
