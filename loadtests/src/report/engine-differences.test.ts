import { expect, test } from '@jest/globals';
import type { Experiment, Verdict } from '../results/results.js';
import { engineDifferences } from './engine-differences.js';

const experiment = (engines?: string[], notPlanned?: string[]): Experiment => ({
  ...{ name: 'crash', question: '?', claim: 9, journey: 'todos', disturb: [], arms: ['a'], load: {}, rules: [] },
  ...(engines && { engines }),
  ...(notPlanned && { notPlanned }),
});

const verdict = (holds: boolean | null, engine?: string): Verdict => ({
  ...{ experiment: 'crash', claimNumber: 9, rule: '', because: '', interval: null, noiseFloor: null, holds },
  ...{ claim: engine === undefined ? 'Nobody is lost.' : `Behind ${engine}: Nobody is lost.` },
  ...(engine !== undefined && { engine }),
});

test('a verdict that depends on the load balancer is one sentence', () => {
  const engines = [experiment(['holdfast', 'nginx', 'haproxy'])];
  expect(engineDifferences(engines, [verdict(true), verdict(false, 'nginx'), verdict(true, 'haproxy')])).toEqual([
    'The load balancer decides: “Nobody is lost.” it holds behind holdfast and haproxy; it does not hold behind nginx.',
  ]);
  expect(engineDifferences(engines, [verdict(true), verdict(false, 'nginx'), verdict(null, 'haproxy')])[0]).toContain(
    'it cannot be told behind haproxy',
  );
});

test('what cannot be told behind one of them is no difference, and is counted', () => {
  expect(engineDifferences([experiment(['holdfast', 'nginx'])], [verdict(true), verdict(null, 'nginx')])).toEqual([
    'Behind holdfast and nginx no verdict differs.',
    'Behind nginx 1 sentence cannot be told that others decide.',
  ]);
});

test('equal verdicts are said once, and what was not planned is said as well', () => {
  const why = 'crash is not planned behind alb: it cannot.';
  const engines = [experiment(['holdfast', 'nginx'], [why])];
  expect(engineDifferences(engines, [verdict(true), verdict(true, 'nginx')])).toEqual([
    'Behind holdfast and nginx no verdict differs.',
    why,
  ]);
});

test('our gateway alone is not worth a word', () => {
  expect(engineDifferences([experiment()], [verdict(true)])).toEqual([]);
});
