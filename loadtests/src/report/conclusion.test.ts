import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Verdict } from '../results/results.js';
import { CONCLUSIONS, concludeFrom, conclusionLines, conclusionsOf } from './conclusion.js';

const STORE = 'Usually take the store; sticky is a band-aid.';
const STICKY = 'Sticky routing suffices as long as no server goes and every client keeps its cookie.';
const CRASH = 'Sticky routing keeps every login and todo while all servers live.';

/** A verdict for every sentence that a conclusion rests on: as `change` says, none where it says undefined, else it holds. */
const verdicts = (change: Readonly<Record<string, boolean | null | undefined>> = {}): Verdict[] =>
  CONCLUSIONS.flatMap(({ restsOn }) => restsOn)
    .filter(({ say }) => !(say in change && change[say] === undefined))
    .map(({ experiment, say }) => ({
      ...{ claim: say, claimNumber: 9, experiment, rule: 'counted: …', because: '0 of 61 users' },
      ...{ holds: say in change ? (change[say] ?? null) : true, interval: null, noiseFloor: null },
    }));

const outcomes = (from: readonly Verdict[]) =>
  Object.fromEntries(concludeFrom(from).map(({ say, holds }) => [say, holds]));

test('each conclusion rests on sentences of experiments that the standard set has', () => {
  for (const { experiment, say } of CONCLUSIONS.flatMap(({ restsOn }) => restsOn)) {
    const file = parse(readFileSync(join(import.meta.dirname, `../../experiments/${experiment}.yaml`), 'utf8'));
    expect([experiment, file.set]).not.toEqual([experiment, 'deep']);
    expect(file.rules.map((rule: { say: string }) => rule.say)).toContain(say);
  }
});

test('a conclusion holds when everything that it rests on does', () => {
  expect(new Set(Object.values(outcomes(verdicts())))).toEqual(new Set([true]));
  const [first] = concludeFrom(verdicts());
  expect(first).toMatchObject({ say: STORE, because: 'All 9 sentences that it rests on hold' });
});

test('one sentence that does not hold refutes the conclusions that rest on it, and no other', () => {
  const of = outcomes(verdicts({ [CRASH]: false }));
  expect(of[STICKY]).toBe(false);
  expect(of[STORE]).toBe(true);
  const [, sticky] = concludeFrom(verdicts({ [CRASH]: false }));
  expect(sticky?.because).toBe('1 of the 3 sentences that it rests on does not hold');
});

test('a store that loses a login refutes that one should take it', () => {
  const lost = { 'An update over a shared store loses no login and no todo.': false };
  expect(outcomes(verdicts(lost))[STORE]).toBe(false);
});

test('what was not measured, or could not be told, leaves the conclusion open and names what would tell it', () => {
  for (const unknown of [null, undefined]) {
    const [, sticky] = concludeFrom(verdicts({ [CRASH]: unknown }));
    expect(sticky).toMatchObject({ say: STICKY, holds: null });
    expect(sticky?.because).toContain('1 of the 3 sentences');
    expect(sticky?.because).toContain('npm run lab -- run crash');
  }
  expect(new Set(Object.values(outcomes([])))).toEqual(new Set([null]));
});

test('a refutation needs no other sentence', () => {
  const [, sticky] = concludeFrom(verdicts({ [CRASH]: false, ...notMeasured('calm'), ...notMeasured('scale-out') }));
  expect(sticky?.holds).toBe(false);
});

test('the same sentence of another experiment is no ground', () => {
  const elsewhere = verdicts().map((verdict) => ({ ...verdict, experiment: 'mine' }));
  expect(new Set(Object.values(outcomes(elsewhere)))).toEqual(new Set([null]));
});

test('a report has only the conclusions of which something was measured', () => {
  expect(conclusionsOf([])).toEqual([]);
  const calm = verdicts().filter(({ experiment }) => experiment === 'calm');
  expect(conclusionsOf(calm).map(({ say }) => say)).toEqual([STICKY]);
});

test('as Markdown each conclusion lists what it rests on', () => {
  const lines = conclusionLines(concludeFrom(verdicts({ [CRASH]: undefined })));
  expect(lines).toContain(`- **Holds:** ${STORE} All 9 sentences that it rests on hold.`);
  expect(lines).toContain(`  - Not measured: ${CRASH} (\`crash\`)`);
  expect(lines).toContain("  - Holds: The balancer's cookie keeps every client on its server. (`calm`)");
});

function notMeasured(experiment: string): Record<string, undefined> {
  const grounds = CONCLUSIONS.flatMap(({ restsOn }) => restsOn).filter((ground) => ground.experiment === experiment);
  return Object.fromEntries(grounds.map(({ say }) => [say, undefined]));
}
