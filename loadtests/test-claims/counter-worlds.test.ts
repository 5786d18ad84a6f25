import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';
import type { Run, Verdict } from '../src/results/results.js';
import { askOthers } from './ask-others.js';
import {
  answersForTheUserBefore,
  CopyBesideTheStore,
  ForgetfulStore,
  forgetsEveryTenthTodo,
  hasNoDefect,
  isOfSomebodyElse,
  isSlowBy,
  knowsSessionsForEver,
  losesEveryNthLogin,
} from './defects.js';
import { type Asked, LabWithDefects, type Planted } from './lab-with-defects.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');
const START_MS = 240_000;
const RUN_MS = 180_000;
const MOST_TRIES = 3;
const NO_REFUSAL = 'With a shared store no request of a logged-in user is refused.';
const NO_WRONG_USER = 'No server ever answers for another user.';
const NONE_SLOWER = 'No server is slower than the others by 25 ms.';

const CALM: Asked = {
  ...{ experiment: 'calm', say: [NO_REFUSAL, NO_WRONG_USER, NONE_SLOWER] },
  smaller: { load: { users: 25, requestsPerUser: '3/s', warmUp: '3s', measure: '8s' } },
};
const TODOS_PERSIST = 'Todos in Redis persist whichever server answers.';
const TODOS: Asked = {
  ...{ experiment: 'local-todos', say: [TODOS_PERSIST] },
  smaller: { load: { users: 37, warmUp: '3s', measure: '8s' } },
};
const CHAT: Asked = {
  ...{ experiment: 'local-todos-chat', smaller: {} },
  say: ['Chat reaches every member of a room while todos live in server memory, sticky or not.'],
};
const IP_HASH_KEEPS = 'IP hash keeps every client whose address stays on its server.';
const COOKIE_KEEPS = "The balancer's cookie keeps every client on its server.";
const bound = (arm: string, say: string): Asked => ({
  ...{ experiment: 'calm', arm, say: [say] },
  // Each user moves or does not, so that 25 would leave more than a tenth.
  smaller: { load: { users: 37, requestsPerUser: '1/s', warmUp: '4s', measure: '6s' } },
});
const IP_HASH = bound('ip-hash-local', IP_HASH_KEEPS);
const COOKIE = bound('sticky-cookie-local', COOKIE_KEEPS);
const LOG_OUT_EVERYWHERE: Asked = {
  ...{ experiment: 'log-out-everywhere', smaller: {} },
  say: ['A session that was ended on another device is refused by every server a second later.'],
};
const REDIS_CRASH: Asked = {
  experiment: 'redis-crash',
  say: ['A Redis that crashes and restarts with its append-only file loses no todo.'],
  smaller: {
    load: { users: 71, requestsPerUser: '1/s', warmUp: '9s', measure: '12s' },
    disturb: [{ at: '14s', 'redis-crash': 'restarted' }],
  },
};

const experiments = loadExperiments(join(import.meta.dirname, '../experiments'), await loadRegistry());
/** The runs of each world, for the rules of other experiments. */
const evidence = new Map<string, readonly Run[]>();

// `npm run test:claims` says loudly when it could not be had.
const k6 = await obtainK6(dataDir).catch(() => undefined);
const withK6 = k6 === undefined ? test.skip : test;
let lab: LabWithDefects | undefined;

beforeAll(async () => {
  if (k6 !== undefined) lab = await LabWithDefects.start(k6);
}, START_MS);

afterAll(() => lab?.stop(), START_MS);

withK6.each([
  ['three servers on a quiet day', CALM],
  ['todos in Redis', TODOS],
  ['a chat', CHAT],
  ['a Redis that crashes', REDIS_CRASH],
  ['a user who logs out everywhere', LOG_OUT_EVERYWHERE],
  ['clients bound by their address', IP_HASH],
  ['clients bound by a cookie', COOKIE],
])(
  'with no defect planted every rule holds: %s',
  async (world, asked) => {
    const { runs, verdicts } = await ask(asked);
    expect(validity(runs)).toEqual([]);
    evidence.set(world, runs);
    expect(answers(verdicts)).toEqual(Object.fromEntries(asked.say.map((sentence) => [sentence, true])));
  },
  RUN_MS,
);

const store = new ForgetfulStore();
const WORLDS: readonly [string, Asked, Planted, readonly string[]][] = [
  [
    'a server that forgets every tenth todo',
    ...([TODOS, { servers: ['todo-2'], defect: forgetsEveryTenthTodo }, [TODOS_PERSIST]] as const),
  ],
  [
    'a server that gives its members no chat message of others',
    ...([CHAT, { servers: ['chat-2'], defect: hasNoDefect, isLost: isOfSomebodyElse }, CHAT.say] as const),
  ],
  [
    'a server that loses the login of every twentieth request',
    ...([CALM, { servers: ['auth-2'], defect: () => losesEveryNthLogin(20) }, [NO_REFUSAL]] as const),
  ],
  [
    'a server that answers for the wrong user',
    ...([CALM, { servers: ['auth-2'], defect: answersForTheUserBefore }, [NO_WRONG_USER]] as const),
  ],
  [
    'a server that is 50 ms slower',
    ...([CALM, { servers: ['auth-2'], defect: () => isSlowBy(50) }, [NONE_SLOWER]] as const),
  ],
  [
    'a server that goes on to serve ended sessions',
    ...([LOG_OUT_EVERYWHERE, { servers: ['auth-2'], defect: knowsSessionsForEver }, LOG_OUT_EVERYWHERE.say] as const),
  ],
  [
    'a store that loses its last second when it crashes',
    REDIS_CRASH,
    {
      servers: ['todo-1', 'todo-2', 'todo-3'],
      defect: () => store.defect,
      afterDisturbance: (beganAtMs) => store.loseLastSecond(beganAtMs),
    },
    REDIS_CRASH.say,
  ],
  [
    'a load balancer that sends each request to the next server',
    ...([IP_HASH, { servers: [], defect: hasNoDefect, policy: 'round-robin' }, IP_HASH.say] as const),
  ],
  [
    'browsers that drop the cookie of the load balancer',
    ...([COOKIE, { servers: [], defect: hasNoDefect, keepsAffinity: false }, COOKIE.say] as const),
  ],
];

withK6.each(WORLDS)(
  'counter-world: %s refutes the rule about it, and no other',
  async (world, asked, planted, refuted) => {
    const { runs, verdicts } = await ask(asked, planted);
    expect(validity(runs)).toEqual([]);
    evidence.set(world, runs);
    expect(answers(verdicts)).toEqual(
      Object.fromEntries(asked.say.map((sentence) => [sentence, !refuted.includes(sentence)])),
    );
    // Figures per server name the one that is slow.
    if (refuted.includes(NONE_SLOWER)) expect(slowestOf(runs)).toBe(planted.servers[0]);
  },
  RUN_MS,
);

withK6(
  'servers that show todos which Redis does not hold make a run invalid, though every user finds every todo',
  async () => {
    const copy = new CopyBesideTheStore();
    const planted = { servers: ['todo-1', 'todo-2', 'todo-3'], defect: () => copy.defect };
    const [run] = (await lab?.ask(TODOS, planted))?.runs ?? [];
    expect(run?.invalidBecause).toMatch(/^Redis does not hold \d+ of the \d+ todos that servers showed at the end$/);
    expect(run?.todosLost).toBe(0);
    expect(run?.store?.notStored).toBeGreaterThan(0);
  },
  RUN_MS,
);

const QUIET = 'three servers on a quiet day';
const LOSES_TODOS = 'a store that loses its last second when it crashes';
const EVEN = [QUIET, 'a server that answers for the wrong user', 'a server that is 50 ms slower'];
/** Sentences of other experiments, and the worlds above whose runs refute each when its arm does the same. */
const OTHERS: readonly [string, string, string, readonly string[]][] = [
  ['one-server', 'On one server nothing is lost.', 'single-local', ['a server that forgets every tenth todo']],
  ['calm', 'IP hash gives some server more than a tenth above its fair share.', 'ip-hash-local', EVEN],
  [
    'heavy-users',
    'Ten heavy users make one server behind a sticky cookie at least a tenth busier than the mean.',
    'sticky-cookie-cached',
    EVEN,
  ],
  [
    'crash',
    'A session store shared through Redis loses no login and no todo, whether or not a server dies.',
    ...(['round-robin-cached', [LOSES_TODOS]] as const),
  ],
  ['deploy-at-once', 'An update over a shared store loses no login and no todo.', 'round-robin-cached', [LOSES_TODOS]],
  [
    'deploy-at-once',
    'An update logs out everyone whose session is in server memory.',
    'sticky-cookie-local',
    ['a Redis that crashes'],
  ],
  [
    'deploy-drained',
    'A drained update over a shared store loses no login and no todo.',
    'round-robin-cached',
    [LOSES_TODOS],
  ],
  ['scale-in', 'Scaling in over a shared store loses no login and no todo.', 'round-robin-cached', [LOSES_TODOS]],
  [
    'scale-out',
    'Doubling the servers over a shared store loses no login and no todo.',
    'round-robin-cached',
    [LOSES_TODOS],
  ],
  [
    'replace-all',
    'Every server is replaced twice under load, and a shared store loses no login and no todo.',
    'round-robin-cached',
    [LOSES_TODOS],
  ],
  [
    'memcached-restart',
    'A restart of Memcached logs most users out.',
    'round-robin-memcached',
    ['a Redis that crashes'],
  ],
];

withK6.each(OTHERS)('counter-world of %s: "%s" is refuted when %s does as %j', (name, say, arm, worlds) => {
  const file = experiments.find((one) => one.name === name);
  const runs = worlds.map((world) => evidence.get(world) ?? []);
  if (file === undefined || runs.some((some) => some.length === 0)) throw new Error(`nothing was seen of ${worlds}`);
  const { holds, because } = askOthers(file, say, arm, runs);
  expect(holds === null ? because : holds).toBe(false);
});

/** Claims whose worlds are in counter-runners.test.ts. */
const OF_RUNNERS = [7, 14, 17, 19, 21, 22];
/**
 * A hop has a speed, which takes an hour to tell: worlds of its rules are planted in figures (every-rule-can-fail.test.ts). The last
 * claim measures nothing of its own.
 */
const NOT_PLANTED = [6, 23];

test('every claim has a rule that a planted world refutes, or a reason why none is planted', () => {
  const claims = new Set(experiments.flatMap(({ claim }) => claim ?? []));
  const sentences = new Set([...WORLDS.flatMap(([, , , refuted]) => refuted), ...OTHERS.map(([, say]) => say)]);
  const refuted = experiments.flatMap(({ claim, rules }) =>
    rules.filter(({ say }) => sentences.has(say)).flatMap((rule) => rule.claim ?? claim ?? []),
  );
  const left = [...claims].filter((claim) => ![...refuted, ...OF_RUNNERS, ...NOT_PLANTED].includes(claim));
  expect(left).toEqual([]);
});

async function ask(asked: Asked, planted?: Planted) {
  if (lab === undefined) throw new Error('the system was not started');
  let answer = await lab.ask(asked, planted);
  // A run that a busy machine made invalid decides nothing.
  for (let tries = 1; tries < MOST_TRIES && validity(answer.runs).length > 0; tries++) {
    process.stderr.write(`  again: ${validity(answer.runs).join('; ')}\n`);
    answer = await lab.ask(asked, planted);
  }
  for (const { claim, holds, because } of answer.verdicts)
    process.stderr.write(`  ${holds === null ? 'not told' : holds ? 'holds' : 'refuted'}: ${claim} (${because})\n`);
  return answer;
}

function validity(runs: readonly Run[]): (string | null)[] {
  return runs.filter(({ valid }) => !valid).map(({ invalidBecause }) => invalidBecause);
}

function answers(verdicts: readonly Verdict[]): Record<string, boolean | null> {
  return Object.fromEntries(verdicts.map(({ claim, holds }) => [claim, holds]));
}

function slowestOf([run]: readonly Run[]): string | undefined {
  const servers = Object.entries(run?.perServer ?? {}).filter(([id]) => id.startsWith('auth-'));
  return servers.sort(([, a], [, b]) => b.p50Ms - a.p50Ms)[0]?.[0];
}
