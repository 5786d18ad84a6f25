import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Results } from '../results/results.js';
import { claimsPage, claimsSchema } from './claims.js';

const claims = claimsSchema.parse(parse(readFileSync(join(import.meta.dirname, '../../claims.yaml'), 'utf8')));

test('there are the 24 claims, each once', () => {
  expect(claims.map(({ number }) => number)).toEqual(Array.from({ length: 24 }, (_, n) => n));
});

const ofRun = (experiment: string, because: string): Results => ({
  ...{ startedAt: '2026-11-26T10:00:00.000Z', seed: 1, set: 'standard', command: 'npm run compare', plannedRuns: 0 },
  ...{ only: { scenarios: null, faults: null }, blocks: 3, finished: true, runs: [] },
  machine: { cores: 2, memoryBytes: 1, node: '20', k6: 'v2', redis: '7' },
  experiments: [
    { name: experiment, question: '?', claim: 0, arms: ['a'], journey: 'todos', load: {}, disturb: [], rules: [] },
  ],
  verdicts: [
    {
      ...{ claim: 'Nothing is lost.', claimNumber: 0, experiment, rule: 'counted: …', holds: true },
      ...{ because, interval: null, noiseFloor: null },
    },
  ],
});

test('a claim has the verdicts of its number, and says when it was not measured', () => {
  const page = claimsPage(claims, [ofRun('one-server', '0 of 25 users')]);
  expect(page).toContain('## 0. “On one server nothing is lost.”');
  expect(page).toContain('- **Holds:** Nothing is lost. 0 of 25 users. (experiment `one-server`)');
  expect(page.match(/Not measured yet/g)).toHaveLength(22);
});

test('the last claim is what follows from the others', () => {
  const run = ofRun('calm', '0 of 31 users');
  const [verdict] = run.verdicts;
  if (verdict === undefined) throw new Error('no verdict');
  const claim = "The balancer's cookie keeps every client on its server.";
  const page = claimsPage(claims, [{ ...run, verdicts: [{ ...verdict, claim }] }]);
  const last = page.slice(page.indexOf('## 23. '));
  expect(last).toContain('- **Cannot be told:** Usually take the store; sticky is a band-aid.');
  expect(last).toContain(`  - Holds: ${claim} (\`calm\`)`);
  expect(last).toContain('  - Not measured: Sticky routing keeps every login');
});

test('an experiment that several comparisons have is told from the last', () => {
  const page = claimsPage(claims, [ofRun('one-server', 'first'), ofRun('crash', 'other'), ofRun('one-server', 'last')]);
  expect(page).toContain('last. (experiment `one-server`)');
  expect(page).toContain('other. (experiment `crash`)');
  expect(page).not.toContain('first');
});

test('what is about no claim stands after them', () => {
  const run = ofRun('proxy-kill', '0 of 7642 requests');
  const [verdict] = run.verdicts;
  if (verdict === undefined) throw new Error('no verdict');
  const page = claimsPage(claims, [{ ...run, verdicts: [{ ...verdict, claimNumber: null }] }]);
  expect(page.slice(page.indexOf('## The parts'))).toContain('0 of 7642 requests. (experiment `proxy-kill`)');
  expect(claimsPage(claims, [ofRun('calm', '0 of 31 users')])).not.toContain('## The parts');
});
