import { expect, test } from '@jest/globals';
import type { Experiment, Results, Run } from '../results/results.js';
import { resultsSchema } from '../results/results.js';
import { quietRun, syntheticRuns, type World } from '../statistics/synthetic-runs.fixture.js';
import { compareResults } from './compare-results.js';
import { judge } from './judge.js';

const experiment: Experiment = {
  ...{ name: 'crash', question: 'What is lost when a server is killed?', claim: 9, journey: 'todos', load: {} },
  arms: ['sticky-cookie-local', 'round-robin-cached', 'round-robin-shared', 'round-robin-cached@twin'],
  disturb: [{ at: '20s', kill: 'server-2' }],
  rules: [
    { say: 'a shared store loses nobody', counted: 'loggedOut(round-robin-cached, round-robin-shared) is 0' },
    { say: 'the near cache is as fast', estimated: 'same(p99Ms, round-robin-cached, round-robin-shared) within 1.3' },
    {
      say: 'the near cache spares Redis',
      estimated: 'ratio(cpuUs.redis, round-robin-cached, round-robin-shared) < 0.5',
    },
  ],
};

const resultsOf = (runs: Run[], from: Experiment = experiment): Results => ({
  ...{ startedAt: '2026-11-26T16:00:00Z', seed: 1, set: 'quick', command: 'npm run compare -- --quick' },
  ...{ blocks: 3, only: { scenarios: null, faults: null } },
  ...{ plannedRuns: runs.length, finished: true, experiments: [from], runs, verdicts: judge([from], runs) },
  machine: { cores: 2, memoryBytes: 1, node: 'v20', k6: 'v1', redis: '7' },
});
const world = (of: World): Results => resultsOf(syntheticRuns(experiment, of));
const sentences = (now: Results, before: Results) =>
  compareResults(now, before).changes.map(
    ({ isRegression, sentence }) => `${isRegression ? 'worse' : 'other'}: ${sentence}`,
  );

test('synthetic results are results', () => {
  const results = JSON.parse(JSON.stringify(world({ seed: 1, blocks: 3 })));
  expect(resultsSchema.parse(results)).toEqual(results);
});

test('results are no regression against themselves, nor against the same world seen again', () => {
  const before = world({ seed: 1, blocks: 3 });
  expect(compareResults(before, before)).toEqual({ isRegression: false, changes: [] });
  for (let seed = 2; seed <= 40; seed++)
    expect(compareResults(world({ seed, blocks: 3 }), before).isRegression).toBe(false);
});

test('a rule that held and does not hold is a regression', () => {
  const planted = { planted: 'a server loses the login with 1 %', in: ['round-robin-shared'] } as const;
  const compared = compareResults(world({ seed: 2, blocks: 3, ...planted }), world({ seed: 1, blocks: 3 }));
  expect(compared.isRegression).toBe(true);
  expect(compared.changes[0]).toMatchObject({ kind: 'verdict', experiment: 'crash', isRegression: true });
  expect(compared.changes[0]?.sentence).toContain('"a shared store loses nobody" held before and does not hold now: ');
});

test('what cannot be told any more is a change, but no regression', () => {
  const before = world({ seed: 1, blocks: 3 });
  const now = resultsOf(before.runs.map((run) => ({ ...run, valid: false, invalidBecause: 'the generator was late' })));
  expect(compareResults(now, before).isRegression).toBe(false);
  expect(sentences(now, before)[0]).toContain(
    'other: "a shared store loses nobody" held before and cannot be told now',
  );
});

test('a loss that no rule is about is a regression when it is above what could have been overlooked', () => {
  const before = world({ seed: 1, blocks: 3 });
  const lose = (todosLost: number) =>
    resultsOf(before.runs.map((run) => (run.arm === 'round-robin-cached' ? { ...run, todosLost } : run)));
  // 0 of 1281 todos leaves up to 0.29 %, which is 3.7.
  expect(compareResults(lose(1), before).isRegression).toBe(false);
  expect(sentences(lose(2), before)).toEqual([
    'worse: todosLost of round-robin-cached in crash (after): 6 of 1281 todos now, 0 of 1281 before, which allows up to 0.29 %',
  ]);
});

test('what always loses some varies without being a regression', () => {
  const run = (block: number, loggedOut: number) => quietRun(experiment, 'sticky-cookie-local', block, { loggedOut });
  const before = resultsOf([run(1, 20), run(2, 19)]);
  expect(compareResults(resultsOf([run(1, 24), run(2, 27)]), before).isRegression).toBe(false);
  expect(compareResults(resultsOf([run(1, 40), run(2, 40)]), before).isRegression).toBe(true);
});

const faster = (before: Results, arms: readonly string[], times: number) =>
  resultsOf(
    before.runs.map((run) => {
      const redis = (run.estimated['cpuUs.redis'] ?? 0) * (arms.includes(run.arm) ? times : 1);
      return { ...run, estimated: { ...run.estimated, 'cpuUs.redis': redis } };
    }),
  );
const CACHED = ['round-robin-cached', 'round-robin-cached@twin'];

test('a ratio that moved for the worse by more than its margin is a regression', () => {
  const before = world({ seed: 1, blocks: 3 });
  const now = faster(before, CACHED, 2.5);
  expect(compareResults(now, before).changes).toContainEqual(
    expect.objectContaining({ kind: 'speed', isRegression: true, sentence: expect.stringContaining('2.5 times') }),
  );
  expect(compareResults(before, now).isRegression).toBe(false);
});

test('a move within the margin is none, and neither is a machine on which everything is slower', () => {
  const before = world({ seed: 1, blocks: 3 });
  expect(compareResults(faster(before, CACHED, 1.3), before).isRegression).toBe(false);
  expect(compareResults(faster(before, experiment.arms, 5), before).isRegression).toBe(false);
});

test('speeds of a restless machine are not compared', () => {
  const before = world({ seed: 1, blocks: 3 });
  const now = faster(before, ['round-robin-cached'], 2.5);
  expect(compareResults(now, before).changes.filter(({ kind }) => kind === 'speed')).toEqual([]);
});

test('a sentence that is gone or has another rule is a change', () => {
  const before = world({ seed: 1, blocks: 3 });
  const [first, ...rest] = experiment.rules;
  if (first === undefined) throw new Error('no rule');
  const renamed = { ...experiment, rules: [{ ...first, atMost: 0.2, counted: 'loggedOut is 0' }, ...rest.slice(1)] };
  expect(sentences(resultsOf(before.runs, renamed), before)).toEqual([
    'other: "a shared store loses nobody" is judged by another rule than before: counted: loggedOut is 0',
    'other: "the near cache is as fast" is not judged any more',
  ]);
});
