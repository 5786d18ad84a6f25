import type { Experiment, Results, Run } from '../results/results.js';
import { judge } from '../rules/judge.js';
import { syntheticRuns } from '../statistics/synthetic-runs.fixture.js';

const SECONDS = 20;
const DISTURBED_AT = 10;

const load = { users: 61, requestsPerUser: '0.7/s', spacing: 'exponential', warmUp: '4s', measure: '16s' };

export const CRASH: Experiment = {
  ...{ name: 'crash', question: 'Does a crash log users out?', claim: 9, set: 'quick', journey: 'todos', load },
  arms: [
    ...['round-robin-local', 'ip-hash-local', 'sticky-cookie-local', 'round-robin-connect-redis'],
    ...['round-robin-cached', 'round-robin-cached@twin', 'sticky-cookie-cached'],
  ],
  disturb: [{ at: '10s', kill: 'server-2' }],
  rules: [
    {
      say: 'Sticky memory loses exactly the users of that server.',
      each: 'loggedOut(bound, sticky-cookie-local) is all; loggedOut(unbound) is 0',
    },
    { say: 'A shared store loses nobody.', counted: 'loggedOut(round-robin-cached) is 0' },
    { say: 'IP hash loses nobody.', counted: 'loggedOut(ip-hash-local) is 0' },
    {
      say: 'The near cache spares Redis a tenth of its work.',
      estimated: 'ratio(cpuUs.redis, round-robin-cached, round-robin-connect-redis) < 0.9',
    },
  ],
};

export const LATENCY: Experiment = {
  ...{ name: 'latency', question: 'What does the hop to a shared store cost?', claim: 6, set: 'standard' },
  ...{ journey: 'todos', load, disturb: [], arms: ['sticky-cookie-local', 'round-robin-connect-redis'] },
  rules: [
    {
      say: 'The hop adds less than half to the median.',
      estimated: 'ratio(p50Ms, round-robin-connect-redis, sticky-cookie-local) < 1.5',
    },
  ],
};

/** Names from a file of the user. */
export const HOSTILE: Experiment = {
  ...{
    name: 'shop <b>&"\'',
    question: 'Is <script>alert(1)</script> & "my shop" safe?',
    claim: null,
    journey: 'todos',
  },
  ...{ load: { note: '<i>' }, disturb: [{ at: '10s', kill: '<u>' }], arms: ['<img src=x onerror=alert(1)>', 'a | b'] },
  rules: [{ say: 'Nothing | is <em>lost</em>.', counted: 'loggedOut is 0' }],
};

/** Three experiments in two blocks: a kill with a twin, a calm one, and one without a valid run. */
export function resultsFixture(change: Partial<Results> = {}): Results {
  const experiments = [CRASH, LATENCY, HOSTILE];
  const runs = experiments.flatMap((experiment) =>
    syntheticRuns(experiment, { seed: 7, blocks: 2 }).flatMap((run) => entriesOf(experiment, run)),
  );
  return {
    ...{ startedAt: '2026-01-02T03:04:05.000Z', seed: 7, set: 'quick', command: 'npm run compare -- --quick --seed 7' },
    ...{ only: { scenarios: null, faults: null }, blocks: 2, plannedRuns: 22, finished: true },
    machine: { cores: 2, memoryBytes: 8 * 2 ** 30, node: '20.20.2', k6: 'v2.2.0', redis: '7.0.15' },
    ...{ experiments, runs, verdicts: judge(experiments, runs) },
    ...change,
  };
}

/** The same comparison, ended by Ctrl-C after its first block. */
export function interruptedFixture(): Results {
  const { experiments, runs } = resultsFixture();
  const first = runs.filter(({ block, experiment }) => block === 1 && experiment === CRASH.name);
  return resultsFixture({ finished: false, runs: first, verdicts: judge(experiments, first) });
}

function entriesOf(experiment: Experiment, run: Run): Run[] {
  const isDisturbed = experiment.disturb.length > 0;
  const invalidBecause =
    experiment === HOSTILE
      ? 'only 3 of 61 users finished <hr>'
      : run.arm === 'ip-hash-local' && run.block === 2
        ? 'the load generator was 210 ms late (p99), at most 50 ms are allowed'
        : null;
  const common = { ...run, valid: invalidBecause === null, invalidBecause };
  const from = isDisturbed ? DISTURBED_AT : 0;
  const last: Run = {
    ...common,
    ...{ perSecond: seriesOf(from, SECONDS, run.loggedOut), perServer: serversOf(run, isDisturbed) },
    share: { 'server-1': 0.5, 'server-3': 0.5 },
    estimated: {
      ...run.estimated,
      ...{ maxShareOverMean: 1.04, 'idleMs.servers': 6.5 },
      ...(isDisturbed ? { recoveryMs: 800 + 90 * run.block } : {}),
    },
  };
  if (!isDisturbed) return [last];
  const before: Run = {
    ...common,
    ...{ phase: 'before', fault: 'none', loggedOut: run.arm === 'round-robin-local' ? run.users : 0, todosLost: 0 },
    ...{ disturbances: [], counted: {}, perServer: serversOf(run, false), perSecond: seriesOf(0, DISTURBED_AT, 0) },
    estimated: { ...run.estimated, maxShareOverMean: run.arm === 'ip-hash-local' ? 1.3 : 1.02 },
  };
  const disturbances = run.disturbances.map((happened) => ({ ...happened, atSeconds: DISTURBED_AT }));
  return [before, { ...last, disturbances }];
}

function seriesOf(from: number, to: number, losses: number): Run['perSecond'] {
  const at = (value: (second: number) => number) =>
    Array.from({ length: to }, (_, second) => (second < from ? 0 : value(second)));
  return {
    requests: at((second) => 40 + ((second * 7) % 9)),
    errors: at((second) => (from > 0 && second === from ? 2 : 0)),
    losses: at((second) => (second === from ? losses : 0)),
  };
}

function serversOf(run: Run, isKilled: boolean): Run['perServer'] {
  const server = {
    requests: 570,
    errors: 0,
    p50Ms: run.p50Ms,
    p99Ms: run.p99Ms,
    cpuSeconds: 0.41,
    idleCpuSeconds: 0.05,
  };
  return {
    'server-1': server,
    'server-2': isKilled ? { ...server, requests: 1, errors: 1, cpuSeconds: null } : server,
    'server-3': server,
  };
}
