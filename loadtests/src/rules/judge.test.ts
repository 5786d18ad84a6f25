import { expect, test } from '@jest/globals';
import type { Experiment, Rule, Run } from '../results/results.js';
import { quietRun } from '../statistics/synthetic-runs.fixture.js';
import { judge } from './judge.js';

const experiment = (rules: Partial<Rule>[], change: Partial<Experiment> = {}): Experiment => ({
  ...{ name: 'crash', question: 'Does a crash log users out?', claim: 9, journey: 'todos', load: {} },
  arms: ['sticky-cookie-local', 'round-robin-cached'],
  disturb: [{ at: '20s', kill: 'server-2' }],
  rules: rules.map((rule, n) => ({ say: `sentence ${n + 1}`, ...rule })),
  ...change,
});

const one = (rule: Partial<Rule>, runs: (of: Experiment) => Run[], change: Partial<Experiment> = {}) => {
  const judged = experiment([rule], change);
  const [verdict] = judge([judged], runs(judged));
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
};

const counted = (measure: string, hit: number, of: number): Partial<Run> => ({ counted: { [measure]: { hit, of } } });
const invalid = { valid: false, invalidBecause: 'only 0 promises were made, 30 are needed' };
const CACHED = 'round-robin-cached';

test('a count of 0 holds when its upper bound is small enough, and is told by both units', () => {
  const verdict = one({ counted: 'loggedOut(round-robin-cached) is 0' }, (of) =>
    [1, 2, 3].map((block) => quietRun(of, CACHED, block, { disturbances: kills(3) })),
  );
  expect(verdict).toMatchObject({
    ...{ claim: 'sentence 1', claimNumber: 9, experiment: 'crash', holds: true, noiseFloor: null },
    rule: 'counted: loggedOut(round-robin-cached) is 0',
  });
  expect(verdict.because).toContain('0 of 183 users, 0 of 9 kills (round-robin-cached)');
  expect(verdict.interval).toMatchObject({ low: 0, level: 0.95, of: 'loggedOut(round-robin-cached)' });
  expect(verdict.interval?.high).toBeCloseTo(0.01996, 4);
});

test('the same count on too few users cannot be told, and the command says how many blocks would be enough', () => {
  const verdict = one({ counted: 'loggedOut.bound(round-robin-cached) is 0' }, (of) => [
    quietRun(of, CACHED, 1, counted('loggedOut.bound', 0, 10)),
  ]);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('0 of 10 users, 0 of 1 kill');
  expect(verdict.because).toContain('leaves up to 30.8 %; the rule allows 10 %');
  expect(verdict.because).toContain('npm run lab -- run crash --blocks 4');
});

test('atMost sets the bound', () => {
  const runs = (of: Experiment) => [quietRun(of, CACHED, 1, counted('loggedOut.bound', 0, 10))];
  expect(one({ counted: 'loggedOut(bound, round-robin-cached) is 0', atMost: 0.31 }, runs).holds).toBe(true);
  expect(one({ each: 'loggedOut(bound, round-robin-cached) is 0' }, runs).holds).toBe(true);
  expect(one({ each: 'loggedOut(bound, round-robin-cached) is 0', atMost: 0.1 }, runs).holds).toBeNull();
});

test('one counterexample refutes, however many runs say otherwise', () => {
  const verdict = one({ counted: 'todosLost(round-robin-cached) is 0' }, (of) =>
    Array.from({ length: 50 }, (_, n) => quietRun(of, CACHED, n + 1, { todosLost: n === 16 ? 1 : 0 })),
  );
  expect(verdict.holds).toBe(false);
  expect(verdict.because).toContain('1 of 21350 todos, 1 of 50 kills');
  expect(verdict.because).toContain('block 17 of round-robin-cached: 1 of 427');
});

test('a loss in a run with several kills may be due to any of them', () => {
  const verdict = one({ counted: 'loggedOut(round-robin-cached) is 0' }, (of) => [
    quietRun(of, CACHED, 1, { disturbances: kills(3), loggedOut: 2 }),
    quietRun(of, CACHED, 2, { disturbances: kills(3) }),
  ]);
  expect(verdict.because).toContain('2 of 122 users, up to 3 of 6 kills');
});

test('0 of 0 never holds', () => {
  for (const rule of [
    { counted: 'loggedOut(bound, round-robin-cached) is 0', atMost: 1 },
    { counted: 'loggedOut(bound, round-robin-cached) is all' },
    { each: 'loggedOut(bound, round-robin-cached) is 0' },
    { each: 'loggedOut(bound, round-robin-cached) is all' },
    { counted: 'loggedOut(bound, round-robin-cached) between 0 and 1' },
  ]) {
    const verdict = one(rule, (of) => [quietRun(of, CACHED, 1, counted('loggedOut.bound', 0, 0))]);
    expect(verdict.holds).toBeNull();
    expect(verdict.because).toContain('nothing was promised');
    expect(verdict.because).toContain('npm run lab -- run crash --blocks 3');
  }
});

test('Redis killed before anyone registered and kept down: every run is invalid, no rule is decided', () => {
  const rules = [
    { counted: 'loggedOut(round-robin-cached) is 0' },
    { each: 'loggedOut(bound, sticky-cookie-local) is all; loggedOut(unbound) is 0' },
    { counted: 'todosLost is 0' },
    { estimated: 'ratio(p50Ms, round-robin-cached, sticky-cookie-local) < 2' },
    { estimated: 'between(p50Ms, round-robin-cached, 0, 100000)' },
  ];
  const judged = experiment(rules);
  const runs = judged.arms.flatMap((arm) =>
    [1, 2, 3].map((block) => quietRun(judged, arm, block, { ...invalid, todosAcknowledged: 0, loggedIn: 0 })),
  );
  for (const { holds, because } of judge([judged], runs)) {
    expect(holds).toBeNull();
    expect(because).toContain('is valid: only 0 promises were made, 30 are needed');
    expect(because).toContain('npm run lab -- run crash --blocks');
  }
});

test('an invalid run neither refutes nor hides a counterexample', () => {
  const rule = { counted: 'loggedOut(round-robin-cached, sticky-cookie-local) is 0' };
  const lost = (of: Experiment) => quietRun(of, CACHED, 1, { loggedOut: 5 });
  expect(one(rule, (of) => [{ ...lost(of), ...invalid }, quietRun(of, CACHED, 2)]).holds).toBeNull();
  expect(one(rule, (of) => [lost(of), quietRun(of, 'sticky-cookie-local', 1, invalid)]).holds).toBe(false);
});

test('a sentence about two arms does not hold on one of them', () => {
  const verdict = one({ counted: 'loggedOut is 0' }, (of) => [quietRun(of, CACHED, 1), quietRun(of, CACHED, 2)]);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('sticky-cookie-local was not measured');
});

test('an arm that was left out of the comparison was not measured', () => {
  const rule = { counted: 'loggedOut(round-robin-cached, ip-hash-local) is 0' };
  expect(one(rule, (of) => [quietRun(of, CACHED, 1)]).because).toContain('ip-hash-local was not measured');
  expect(one(rule, (of) => [quietRun(of, CACHED, 1, { loggedOut: 1 })]).holds).toBe(false);
});

test('what happens under a disturbance is not proven by a calm run', () => {
  const rule = { counted: 'loggedOut(round-robin-cached) is 0' };
  const calm: Partial<Run> = { phase: 'whole', fault: 'none', disturbances: [] };
  expect(one(rule, (of) => [quietRun(of, CACHED, 1, calm)]).holds).toBeNull();
  const before = { counted: 'loggedOut(before, round-robin-cached) is 0' };
  expect(one(before, (of) => [quietRun(of, CACHED, 1, { ...calm, phase: 'before' })]).holds).toBe(true);
  expect(one(before, (of) => [quietRun(of, CACHED, 1, calm)]).holds).toBe(true);
  expect(one(before, (of) => [quietRun(of, CACHED, 1)]).holds).toBeNull();
});

test('all holds when everyone was hit in every run and there were enough', () => {
  const rule = { counted: 'loggedOut(bound, sticky-cookie-local) is all' };
  const runs = (hit: number, of: number) => (judged: Experiment) =>
    [1, 2].map((block) => quietRun(judged, 'sticky-cookie-local', block, counted('loggedOut.bound', hit, of)));
  expect(one(rule, runs(20, 20)).holds).toBe(true);
  expect(one(rule, runs(10, 10)).because).toContain('leaves as few as 83.2 %; the rule needs 90 %');
  expect(one(rule, runs(19, 20)).holds).toBe(false);
});

test('each wants it of every valid run', () => {
  const rule = { each: 'loggedOut(bound, sticky-cookie-local) is 7' };
  const runs =
    (...hits: number[]) =>
    (judged: Experiment) =>
      hits.map((hit, n) => quietRun(judged, 'sticky-cookie-local', n + 1, counted('loggedOut.bound', hit, 20)));
  expect(one(rule, runs(7, 7, 7)).holds).toBe(true);
  expect(one(rule, runs(7, 6, 8)).holds).toBe(false);
  expect(one(rule, () => []).holds).toBeNull();
});

test('a share is inside, outside, or cannot be told', () => {
  const rule = { counted: 'requestsRefused(round-robin-local) between 0.6 and 0.73' };
  const share = (hit: number, of: number) =>
    one(rule, (judged) => [quietRun(judged, 'round-robin-local', 1, counted('requestsRefused', hit, of))], {
      arms: ['round-robin-local'],
      disturb: [],
    });
  expect(share(667, 1000).holds).toBe(true);
  expect(share(500, 1000).holds).toBe(false);
  expect(share(20, 30)).toMatchObject({ holds: null });
  expect(share(20, 30).because).toMatch(/leaves 47\.2 % to 82\.7 %; .* --blocks \d+$/);
});

test('a number of all runs together', () => {
  const rule = { counted: 'loggedOut(bound, round-robin-cached) is 3' };
  const runs =
    (...hits: number[]) =>
    (judged: Experiment) =>
      hits.map((hit, n) => quietRun(judged, CACHED, n + 1, counted('loggedOut.bound', hit, 20)));
  expect(one(rule, runs(1, 2)).holds).toBe(true);
  expect(one(rule, runs(1, 1)).holds).toBe(false);
  const both = { counted: 'loggedOut(bound, round-robin-cached, sticky-cookie-local) is 3' };
  expect(one(both, runs(1, 1)).because).toContain('sticky-cookie-local was not measured');
  expect(one(both, runs(1, 1)).holds).toBeNull();
});

test('a measure that no run counted cannot be told', () => {
  const verdict = one({ counted: 'chatLost(round-robin-cached) is 0' }, (of) => [quietRun(of, CACHED, 1)]);
  expect(verdict).toMatchObject({ holds: null, interval: null });
  expect(verdict.because).toContain('no valid run of round-robin-cached counted chatLost');
});

test('a rule that cannot be read is told as such', () => {
  const verdict = one({ counted: 'loggedOut is few' }, (of) => [quietRun(of, CACHED, 1)]);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('the rule cannot be read: character 14');
});

const speeds = (perArm: Record<string, readonly number[]>) => (of: Experiment) =>
  Object.entries(perArm).flatMap(([arm, values]) =>
    values.map((p50Ms, n) => quietRun(of, arm, n + 1, { p50Ms, phase: 'whole' })),
  );
const calm = { disturb: [], arms: ['round-robin-cached', 'round-robin-shared', 'round-robin-cached@twin'] };
const quiet = {
  'round-robin-cached': [10, 20, 15],
  'round-robin-shared': [15.1, 30, 22.4],
  'round-robin-cached@twin': [10.1, 19.9, 15.02],
};
const ratio = (text: string) => ({ estimated: `ratio(p50Ms, round-robin-shared, round-robin-cached) ${text}` });

test('an estimated rule has three answers', () => {
  expect(one(ratio('> 1.2'), speeds(quiet), calm).holds).toBe(true);
  expect(one(ratio('< 1.2'), speeds(quiet), calm).holds).toBe(false);
  const verdict = one(ratio('< 1.5'), speeds(quiet), calm);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('partly outside of the rule');
  expect(verdict.because).toMatch(/npm run lab -- run crash --blocks \d+$/);
  expect(verdict.noiseFloor?.ratio).toBeCloseTo(1.0019, 2);
  expect(verdict.interval).toMatchObject({
    level: 0.95,
    of: 'ratio(p50Ms, round-robin-shared, round-robin-cached) < 1.5',
  });
});

test('the level is shared between the estimated rules of the whole set', () => {
  const other = experiment([ratio('> 1.1'), ratio('> 1.2'), ratio('> 1.3')], { ...calm, name: 'other' });
  const verdicts = judge([experiment([ratio('> 1.2')], calm), other], speeds(quiet)(experiment([], calm)));
  expect(verdicts[0]?.interval?.level).toBeCloseTo(1 - 0.05 / 4, 12);
});

test('one block is too few for a speed', () => {
  const runs = speeds({ 'round-robin-cached': [10], 'round-robin-shared': [15] });
  const verdict = one(ratio('> 1.2'), runs, { ...calm, arms: ['round-robin-cached', 'round-robin-shared'] });
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('share fewer than 2 valid blocks');
  expect(verdict.because).toContain('--blocks 3');
});

test('a twin that differs makes every estimated rule of its experiment undecided, whatever its measure', () => {
  const restless = speeds({ ...quiet, 'round-robin-cached@twin': [15, 30.2, 22.7] });
  const judged = experiment(
    [ratio('> 1.2'), { estimated: 'between(requestsPerSecond, round-robin-cached, 1, 100)' }],
    calm,
  );
  for (const verdict of judge([judged], restless(judged))) {
    expect(verdict.holds).toBeNull();
    expect(verdict.because).toContain('the A/A twin differs from round-robin-cached');
    expect(verdict.because).toContain('npm run lab -- run crash --blocks 4');
  }
});

test('a twin that is noisier than the margin decides nothing', () => {
  const same = { estimated: 'same(p50Ms, round-robin-shared, round-robin-cached) within 1.1' };
  const noisy = speeds({
    'round-robin-cached': [10, 10, 10],
    'round-robin-shared': [10.1, 10, 10],
    'round-robin-cached@twin': [9, 11, 10],
  });
  const verdict = one(same, noisy, calm);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('more than the margin of 1.1');
});

test('a value of 0 has no ratio', () => {
  const runs = speeds({ ...quiet, 'round-robin-shared': [0, 15, 20] });
  const verdict = one(ratio('> 1.2'), runs, calm);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('p50Ms of round-robin-shared is 0 in block 1; a ratio needs values above 0');
});

test('between is about one arm', () => {
  const rule = (low: number, high: number) => ({ estimated: `between(p50Ms, round-robin-shared, ${low}, ${high})` });
  expect(one(rule(1, 1000), speeds(quiet), calm).holds).toBe(true);
  expect(one(rule(500, 1000), speeds(quiet), calm).holds).toBe(false);
  expect(one(rule(20, 1000), speeds(quiet), calm).holds).toBeNull();
});

test('a time is as uncertain as two starts of the same differ; a share is not', () => {
  const rule = (measure: string) => ({ estimated: `between(${measure}, round-robin-cached, 9, 100)` });
  const restless = {
    'round-robin-cached': [10, 10.1, 10],
    'round-robin-shared': [10, 10, 10.1],
    'round-robin-cached@twin': [9, 11, 10],
  };
  const verdict = one(rule('p50Ms'), speeds(restless), calm);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('which reaches across the rule');
  expect(one(rule('p50Ms'), speeds({ ...restless, 'round-robin-cached@twin': [10, 10, 10.1] }), calm).holds).toBe(true);
  const shares = (of: Experiment) =>
    speeds(restless)(of).map((run) => ({ ...run, estimated: { maxShareOverMean: run.p50Ms } }));
  expect(one(rule('maxShareOverMean'), shares, calm).holds).toBe(true);
});

function kills(count: number): Run['disturbances'] {
  return Array.from({ length: count }, (_, n) => ({ id: 'kill', target: `server-${n + 1}`, atSeconds: 10 * n }));
}

test('a disturbed run that was lost is told with its reason, not as one that was not measured', () => {
  const lost = { ...invalid, phase: 'whole' as const, fault: 'kill' };
  const verdict = one({ counted: 'loggedOut(round-robin-cached) is 0' }, (of) => [quietRun(of, CACHED, 1, lost)]);
  expect(verdict.holds).toBeNull();
  expect(verdict.because).toContain('only 0 promises were made, 30 are needed');
});

test('what a runner counted is read although its experiment plans no disturbance', () => {
  const change: Partial<Experiment> = { runner: 'failover', disturb: [], arms: ['sentinel'] };
  const verdict = one(
    { counted: 'sessionsLost(sentinel) is 0' },
    (of) => [quietRun(of, 'sentinel', 1, { phase: 'after', fault: 'kill', ...counted('sessionsLost', 0, 500) })],
    change,
  );
  expect(verdict.holds).toBe(true);
});

test('0 in a field that every run has is no recovery and no speed when it was not measured', () => {
  const rule = (text: string, change: Partial<Run>) =>
    one({ estimated: text }, (of) => [1, 2, 3].map((block) => quietRun(of, CACHED, block, change)));
  expect(rule('between(recoveryMs, round-robin-cached, 0, 10000)', { recoveryMs: 0 }).holds).toBeNull();
  expect(rule('between(p99Ms, round-robin-cached, 0, 100)', { requests: 0, p99Ms: 0 }).holds).toBeNull();
  expect(rule('between(recoveryMs, round-robin-cached, 0, 10000)', { estimated: { recoveryMs: 0 } }).holds).toBe(true);
});

test('a limit is said of each run, or of the sum of all', () => {
  const runs = (of: Experiment) => [1, 2].map((block) => quietRun(of, CACHED, block, counted('sockets', 20, 30)));
  const of = (kind: 'each' | 'counted', limit: string) =>
    one({ [kind]: `sockets(round-robin-cached) is ${limit}` }, runs);
  expect(of('each', 'at most 20').holds).toBe(true);
  expect(of('each', 'at least 20').holds).toBe(true);
  expect(of('each', 'at most 19').because).toContain('block 1 of round-robin-cached: 20 of 30, not at most 19');
  expect(of('counted', 'at most 40').holds).toBe(true);
  expect(of('counted', 'at most 39').because).toContain('not at most 39');
  expect(of('counted', 'at least 41')).toMatchObject({ holds: false });
});

test('what is counted in files is exact: one run decides it, and it has no interval', () => {
  const runs = (of: Experiment) => [quietRun(of, CACHED, 1, counted('linesChanged.code', 0, 2))];
  const none = one({ counted: 'linesChanged(code, round-robin-cached) is 0' }, runs);
  expect(none).toMatchObject({ holds: true, because: '0 of 2 lines (round-robin-cached)', interval: null });
  expect(one({ counted: 'linesChanged(code, round-robin-cached) between 0 and 0.1' }, runs).holds).toBe(true);
  expect(one({ each: 'linesChanged(code, round-robin-cached) between 0.1 and 1' }, runs).holds).toBe(false);
  expect(one({ counted: 'linesChanged(code, round-robin-cached) is at least 1' }, runs).holds).toBe(false);
});
