import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Run, Verdict } from '../src/results/results.js';
import {
  answersForTheUserBefore,
  ForgetfulStore,
  forgetsEveryTenthTodo,
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
const TODOS: Asked = {
  ...{ experiment: 'local-todos', say: ['Todos in Redis persist whichever server answers.'] },
  smaller: { load: { users: 25, warmUp: '3s', measure: '8s' } },
};
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
  ['a Redis that crashes', REDIS_CRASH],
  ['a user who logs out everywhere', LOG_OUT_EVERYWHERE],
])(
  'with no defect planted every rule holds: %s',
  async (_, asked) => {
    const { runs, verdicts } = await ask(asked);
    expect(validity(runs)).toEqual([]);
    expect(answers(verdicts)).toEqual(Object.fromEntries(asked.say.map((sentence) => [sentence, true])));
  },
  RUN_MS,
);

const store = new ForgetfulStore();
const WORLDS: readonly [string, Asked, Planted, readonly string[]][] = [
  [
    'a server that forgets every tenth todo',
    ...([TODOS, { servers: ['todo-2'], defect: forgetsEveryTenthTodo }, TODOS.say] as const),
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
];

withK6.each(WORLDS)(
  'counter-world: %s refutes the rule about it, and no other',
  async (_, asked, planted, refuted) => {
    const { runs, verdicts } = await ask(asked, planted);
    expect(validity(runs)).toEqual([]);
    expect(answers(verdicts)).toEqual(
      Object.fromEntries(asked.say.map((sentence) => [sentence, !refuted.includes(sentence)])),
    );
    // Figures per server name the one that is slow.
    if (refuted.includes(NONE_SLOWER)) expect(slowestOf(runs)).toBe(planted.servers[0]);
  },
  RUN_MS,
);

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
