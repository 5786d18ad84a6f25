import { expect, test } from '@jest/globals';
import { ledger } from '../ledger/ledger.fixture.js';
import type { UserLedger } from '../ledger/user-ledger.js';
import { loadRegistry } from '../registry/registry.js';
import type { Observed } from './measure.js';

const { measures } = await loadRegistry();
const three = new Map([1, 2, 3].map((n) => [`monolith-${n}`, `server-${n}`]));

function measure(id: string, ledgers: readonly UserLedger[], part: Partial<Observed> = {}) {
  const found = measures.get(id)?.measure({
    ...{
      ledgers,
      fromMs: 5_000,
      untilMs: 15_000,
      deniedUntilMs: Infinity,
      isAfter: false,
      bound: undefined,
      heavyUsers: 0,
    },
    ...{
      serverOf: three,
      cpuSeconds: { gateway: undefined, servers: undefined, redis: undefined, generator: undefined },
      idleCpuSeconds: { gateway: 0, servers: 0, redis: 0, generator: 0 },
      memory: new Map(),
    },
    ...part,
  });
  if (found === undefined) throw new Error(`there is no measure ${id}`);
  return found;
}

test('every name that a measure gives is explained', () => {
  const seen = ledger(1, [{ endMs: 6_000 }, { endMs: 7_000 }], {
    chatSent: 1,
    todos: [{ acknowledgedMs: 6_000, deniedMs: null, shownMs: null, request: 0 }],
  });
  const cpuSeconds = { gateway: 1, servers: 1, redis: 1, generator: 1 };
  for (const { id, names } of measures.values()) {
    for (const isAfter of [false, true]) {
      const { counted = {}, estimated = {} } = measure(id, [seen], { isAfter, bound: new Set([1]), cpuSeconds });
      for (const name of [...Object.keys(counted), ...Object.keys(estimated)]) {
        expect(Object.keys(names)).toContain(name.replace(/\.((un)?bound|light)$/, ''));
      }
    }
  }
});

test('a lost login counts the user once, in the window it happened in, of users who had one', () => {
  const loser = ledger(1, [
    { endMs: 1_000 },
    { endMs: 6_000, status: 401, outcome: 'out' },
    { endMs: 8_000, status: 401, outcome: 'out' },
  ]);
  const keeper = ledger(2, [{ endMs: 1_000 }, { endMs: 6_000 }]);
  const never = ledger(3, [{ endMs: 6_000, status: 401, outcome: 'refused' }]);
  expect(measure('logged-out', [loser, keeper, never]).counted?.loggedOut).toEqual({ hit: 1, of: 2 });
  expect(measure('logged-out', [loser, keeper, never], { fromMs: 9_000 }).counted?.loggedOut).toEqual({
    hit: 0,
    of: 1,
  });
});

test('after a disturbance only users who were logged in when it came can lose their login', () => {
  const late = ledger(1, [{ endMs: 6_000 }, { endMs: 7_000, status: 401, outcome: 'out' }]);
  expect(measure('logged-out', [late]).counted?.loggedOut).toEqual({ hit: 1, of: 1 });
  expect(measure('logged-out', [late], { isAfter: true }).counted?.loggedOut).toEqual({ hit: 0, of: 0 });
});

test('after a disturbance a user who was never answered again, and a todo that nobody was shown again, cannot be told', () => {
  const failed = (endMs: number) => ({ endMs, status: 503, outcome: 'failed' }) as const;
  const todo = (shownMs: number | null, deniedMs: number | null = null) => ({
    acknowledgedMs: 1_000,
    deniedMs,
    shownMs,
    request: 0,
  });
  const cut = ledger(1, [{ endMs: 1_000 }, failed(6_000), failed(7_000)], { todos: [todo(4_900), todo(null)] });
  // Its answer was on the way when the disturbance came.
  const early = ledger(2, [{ endMs: 1_000 }, { endMs: 5_004, sentMs: 4_998 }, failed(7_000)]);
  const again = ledger(3, [{ endMs: 1_000 }, failed(6_000), { endMs: 9_000 }], {
    todos: [todo(9_000), todo(4_000, 9_000)],
  });
  const after = (...ledgers: UserLedger[]) => ({
    ...measure('logged-out', ledgers, { isAfter: true }).counted,
    ...measure('todos', ledgers, { isAfter: true }).counted,
  });
  expect(after(cut, early)).toMatchObject({ loggedOut: { hit: 0, of: 0 }, todosLost: { hit: 0, of: 0 } });
  expect(after(cut, early, again)).toMatchObject({ loggedOut: { hit: 0, of: 1 }, todosLost: { hit: 1, of: 2 } });
  expect(measure('todos', [cut]).counted?.todosLost).toEqual({ hit: 0, of: 2 });
});

test('bound and unbound users are counted apart', () => {
  const out = { endMs: 6_000, status: 401, outcome: 'out' } as const;
  const ledgers = [ledger(1, [{ endMs: 1_000 }, out]), ledger(2, [{ endMs: 1_000 }, { endMs: 6_000 }])];
  expect(measure('logged-out', ledgers, { bound: new Set([1]) }).counted).toMatchObject({
    'loggedOut.bound': { hit: 1, of: 1 },
    'loggedOut.unbound': { hit: 0, of: 1 },
  });
});

test('requests are refused of those sent after the first login, whether or not the user believed in it', () => {
  const user = ledger(1, [
    { endMs: 1_000 },
    { endMs: 6_000, status: 401, outcome: 'out' },
    { endMs: 7_000, status: 401, outcome: 'refused' },
    { endMs: 8_000 },
    { endMs: 9_000, intendedMs: undefined },
  ]);
  expect(measure('logged-out', [user]).counted?.requestsRefused).toEqual({ hit: 2, of: 3 });
});

test('a todo is lost once, when an answer denies it; the closing look counts in the last window', () => {
  const todos = [
    { acknowledgedMs: 1_000, deniedMs: 2_000, shownMs: null, request: 0 },
    { acknowledgedMs: 1_000, deniedMs: 6_000, shownMs: null, request: 0 },
    { acknowledgedMs: 1_000, deniedMs: null, shownMs: null, request: 0 },
    { acknowledgedMs: 6_000, deniedMs: 16_000, shownMs: null, request: 0 },
  ];
  const user = ledger(1, [{ endMs: 1_000 }], { todos });
  expect(measure('todos', [user]).counted?.todosLost).toEqual({ hit: 2, of: 3 });
  expect(measure('todos', [user], { deniedUntilMs: 15_000 }).counted?.todosLost).toEqual({ hit: 1, of: 3 });
});

test('a list alternates when a todo that it lacked is there again later, even if others are missing', () => {
  const list = (endMs: number, missing: number) => ({ endMs, missing });
  const alternating = ledger(1, [list(6_000, 0), list(7_000, 1), list(8_000, 0)]);
  const gone = ledger(2, [list(6_000, 0), list(7_000, 1), list(8_000, 1)]);
  const partly = ledger(3, [list(6_000, 0), list(7_000, 2), list(8_000, 1)]);
  expect(measure('todos', [alternating, gone, partly]).counted).toMatchObject({
    todosMissing: { hit: 5, of: 9 },
    listsAlternating: { hit: 2, of: 3 },
  });
});

test('latency begins at the intended time, and requests that nobody intended have none', () => {
  const user = ledger(1, [
    { endMs: 6_100, intendedMs: 6_000, sentMs: 6_090 },
    { endMs: 7_000, intendedMs: undefined },
  ]);
  expect(measure('latency', [user]).estimated).toEqual({ p50Ms: 100, p95Ms: 100, p99Ms: 100 });
});

test('the busiest server is compared with the mean of all, idle ones included', () => {
  const user = ledger(1, [{ endMs: 6_000 }, { endMs: 7_000 }, { endMs: 8_000, server: 'monolith-2' }]);
  expect(measure('balance', [user])).toEqual({
    counted: { moved: { hit: 1, of: 1 } },
    estimated: { maxShareOverMean: 2 },
  });
});

test('recovery ends with the last trouble of users who had none before', () => {
  const trouble = (endMs: number) => ({ endMs, status: 503, outcome: 'failed' }) as const;
  const fresh = ledger(1, [{ endMs: 1_000 }, trouble(6_000)]);
  const old = ledger(2, [trouble(2_000), trouble(14_000)]);
  expect(measure('recovery', [fresh, old], { isAfter: true })).toEqual({
    counted: { servedLate: { hit: 0, of: 1 } },
    estimated: { recoveryMs: 1_000 },
  });
  const late = ledger(3, [trouble(6_000), trouble(29_000)]);
  expect(measure('recovery', [fresh, old, late], { isAfter: true, deniedUntilMs: Infinity }).counted).toEqual({
    servedLate: { hit: 1, of: 2 },
  });
  expect(measure('recovery', [fresh, old])).toEqual({});
});

test('cost is CPU time per answered request; what cannot be read is left out', () => {
  const user = ledger(1, [{ endMs: 6_000 }, { endMs: 7_000 }]);
  const cpuSeconds = { gateway: 0.001, servers: undefined, redis: 0, generator: undefined };
  expect(measure('cost', [user], { cpuSeconds }).estimated).toEqual({
    ...{ 'cpuUs.gateway': 500, 'cpuUs.redis': 0, 'idleMs.gateway': 0, 'idleMs.redis': 0 },
    requestsPerSecond: 0.2,
  });
});

test('cost is without what the same processes use when idle, and that is told beside it', () => {
  const user = ledger(1, [{ endMs: 6_000 }, { endMs: 7_000 }]);
  // The window has ten seconds.
  const cpuSeconds = { gateway: 0.101, servers: 0.5, redis: 0.1, generator: 0.4 };
  const idleCpuSeconds = { gateway: 0.01, servers: undefined, redis: 0.02, generator: 0 };
  expect(measure('cost', [user], { cpuSeconds, idleCpuSeconds }).estimated).toEqual({
    ...{ 'cpuUs.gateway': expect.closeTo(500), 'idleMs.gateway': 10 },
    // An idle time that was overestimated makes no request cheaper than nothing.
    ...{ 'cpuUs.redis': 0, 'idleMs.redis': 20, 'cpuUs.generator': 200_000 },
    requestsPerSecond: 0.2,
  });
});

test('an answer that came after the last window closed counts when its request was intended before', () => {
  const stuck = ledger(1, [{ endMs: 6_000 }, { endMs: 29_000, intendedMs: 14_000, status: 0, outcome: 'failed' }]);
  const closingLook = ledger(2, [
    { endMs: 6_000 },
    { endMs: 16_000, intendedMs: undefined, status: 401, outcome: 'out' },
  ]);
  const ledgers = [stuck, closingLook];
  expect(measure('latency', ledgers).estimated?.p99Ms).toBe(15_000);
  expect(measure('recovery', ledgers, { isAfter: true }).estimated?.recoveryMs).toBe(24_000);
  expect(measure('logged-out', ledgers).counted?.loggedOut).toEqual({ hit: 0, of: 2 });
  expect(measure('latency', ledgers, { deniedUntilMs: 15_000 }).estimated?.p99Ms).toBe(0);
});

test('recovery is not measured where everyone was in trouble before the disturbance', () => {
  const restless = ledger(1, [{ endMs: 4_000, status: 401, outcome: 'out' }, { endMs: 6_000 }]);
  expect(measure('recovery', [restless], { isAfter: true })).toEqual({});
});

test('a server 50 ms behind the fastest of its app is slower, and another app may take as long as it likes', () => {
  const answers = (server: string, ms: number) =>
    [6_000, 7_000, 8_000].map((intendedMs) => ({ server, intendedMs, sentMs: intendedMs, endMs: intendedMs + ms }));
  const seen = [
    ...['auth-1', 'auth-3', 'todo-1'].flatMap((server) => answers(server, server === 'todo-1' ? 90 : 5)),
    ...answers('auth-2', 55),
  ].sort((a, b) => a.endMs - b.endMs);
  expect(measure('slow-server', [ledger(1, seen)]).counted).toEqual({ serversSlower: { hit: 1, of: 4 } });
});

test('a chat message that a member of the room was not given is missing, unless the member was told of a hole', () => {
  const member = (user: number, messages: readonly string[], told = 0): UserLedger =>
    ledger(user, [], {
      chat: {
        ...{ user, room: 'r', joins: 1, said: 1, recovered: 0, told, reconnections: 0, refusals: 1, away: [] },
        acknowledged: [`${user}:1`],
        given: messages.map((message, n) => ({ epoch: 'e', offset: n + 1, message, atMs: 6_000, tookMs: 5 + n })),
      },
    });
  const all = ['1:1', '2:1', '3:1'];
  const seen = [member(1, all), member(2, ['1:1', '2:1']), member(3, ['1:1'], 1)];
  const { counted, estimated } = measure('chat-rooms', seen);
  expect(counted).toMatchObject({
    ...{ chatMissing: { hit: 1, of: 9 }, chatAdmitted: { hit: 2, of: 9 }, chatDuplicated: { hit: 0, of: 6 } },
    ...{ chatStaysAway: { hit: 0, of: 3 }, socketsRefused: { hit: 3, of: 6 } },
  });
  expect(estimated).toEqual({ deliveryP50Ms: 5, deliveryP99Ms: 7 });
  const back = (untilMs: number | null) => ({ fromMs: 5_000, untilMs });
  const gone = member(4, all);
  const late = [back(9_000), back(11_000), back(null)].map((away) => ({
    ...gone,
    ...(gone.chat && { chat: { ...gone.chat, away: [away] } }),
  }));
  expect(measure('chat-rooms', late, { isAfter: true }).counted?.chatBackLate).toEqual({ hit: 2, of: 3 });
  // Before a disturbance it is not known yet what will come.
  expect(measure('chat-rooms', seen, { deniedUntilMs: 15_000 })).toEqual({});
});

test('a process has grown when its usual memory late in the run is a quarter above that early in it', () => {
  // Twelve samples from the second fifth and twelve from the last, or fewer; one of each is the process after a collection.
  const of = (process: string, early: number | undefined, late: number | undefined, lateCount = 12) => ({
    process,
    samples: [...samples(7_000, early, 12), ...samples(13_000, late, lateCount)],
  });
  const samples = (fromMs: number, usual: number | undefined, count: number) =>
    Array.from({ length: usual === undefined ? 0 : count }, (_, n) => ({
      atMs: fromMs + n * 100,
      bytes: (n === 5 ? 50 : (usual ?? 0)) * 1e6,
    }));
  const memory = new Map([
    [1, of('auth-3', 100, 124)],
    [2, of('gateway', 100, 126)],
    // Started in the course of the run, ended in it, and ended soon after its last fifth began.
    [3, of('todo-2', undefined, 200)],
    [4, of('todo-1', 100, undefined)],
    [5, of('chat-1', 100, 200, 11)],
  ]);
  expect(measure('memory', [], { memory })).toEqual({
    counted: { processesGrown: { hit: 1, of: 2 } },
    estimated: {
      ...{ memoryGrowth: 1.26, 'memoryGrowth.gateway': 1.26, 'memoryMegabytes.gateway': 126 },
      ...{ 'memoryGrowth.auth-3': 1.24, 'memoryMegabytes.auth-3': 124 },
    },
  });
  expect(measure('memory', [])).toEqual({});
});

test('what new servers take over counts once each of them has answered', () => {
  const moves = ledger(1, [
    { endMs: 6_000 },
    { endMs: 7_000, server: 'monolith-4' },
    { endMs: 8_000 },
    { endMs: 9_000, server: 'monolith-5' },
    { endMs: 9_500 },
    { endMs: 9_800, server: 'monolith-4' },
  ]);
  expect(measure('new-servers', [moves], { isAfter: true }).counted?.onNewServers).toEqual({ hit: 2, of: 3 });
  const stays = ledger(2, [{ endMs: 6_000 }, { endMs: 9_000 }]);
  expect(measure('new-servers', [stays], { isAfter: true }).counted?.onNewServers).toEqual({ hit: 0, of: 2 });
  expect(measure('new-servers', [moves])).toEqual({});
});
