import type { Measure, Observed } from '../measures/measure.js';
import { inWindow, isLoggedInAt, latencies, percentile, sum, todosAt } from '../measures/window.js';
import type { Run } from '../results/results.js';
import type { RequestRecord } from './user-ledger.js';

/** The names of a run, and the facts known of it besides its users' ledgers. */
export type RunFacts = Pick<
  Run,
  | 'experiment'
  | 'arm'
  | 'scenario'
  | 'engine'
  | 'fault'
  | 'phase'
  | 'block'
  | 'valid'
  | 'invalidBecause'
  | 'disturbances'
  | 'store'
> & {
  /** CPU seconds by server process; missing where they cannot be read. */
  readonly serverCpuSeconds: Readonly<Record<string, number>>;
  /** The same in a second without requests. */
  readonly serverIdleCpuSeconds: Readonly<Record<string, number>>;
};

/** Counts one entry of a run from the answers to its users within the window. */
export function countRun(observed: Observed, facts: RunFacts, measures: Iterable<Measure>): Run {
  const { ledgers, fromMs, untilMs, isAfter } = observed;
  const { serverCpuSeconds, serverIdleCpuSeconds, ...names } = facts;
  const counted: Run['counted'] = {};
  const estimated: Run['estimated'] = {};
  for (const measure of measures) {
    const found = measure.measure(observed);
    Object.assign(counted, found.counted);
    for (const [name, value] of Object.entries(found.estimated ?? {})) estimated[name] = round(value, 3);
  }
  const requests = ledgers.flatMap((ledger) => inWindow(ledger, observed));
  const failed = requests.filter(({ outcome }) => outcome === 'failed');
  const failedReads = failed.filter(isRead).length;
  const seconds = (untilMs - fromMs) / 1000;
  const loggedIn = ledgers.filter(({ requests: all }) => all.some(({ outcome }) => outcome === 'ok')).length;
  return {
    ...names,
    repeat: facts.block,
    durationSeconds: round(seconds),
    users: isAfter ? ledgers.filter((ledger) => isLoggedInAt(ledger, fromMs)).length : ledgers.length,
    finishedUsers: ledgers.filter(({ closingMs }) => closingMs !== null).length,
    loggedIn,
    requests: requests.length,
    failedRequests: failed.length,
    failedReads,
    failedWrites: failed.length - failedReads,
    loggedOut: counted.loggedOut?.hit ?? 0,
    todosAcknowledged: sum(ledgers, (ledger) => todosAt(ledger, observed).length),
    todosLost: counted.todosLost?.hit ?? 0,
    chatSent: isAfter ? 0 : sum(ledgers, ({ chatSent }) => chatSent),
    chatDelivered: isAfter ? 0 : sum(ledgers, ({ chatDelivered }) => chatDelivered),
    requestsPerSecond: round(requests.length / seconds),
    p50Ms: estimated.p50Ms ?? 0,
    p95Ms: estimated.p95Ms ?? 0,
    p99Ms: estimated.p99Ms ?? 0,
    share: shares(requests),
    recoveryMs: estimated.recoveryMs ?? null,
    perServer: perServer(
      requests,
      { spent: serverCpuSeconds, idle: mapValues(serverIdleCpuSeconds, (idle) => idle * seconds) },
      observed.serverOf.keys(),
    ),
    cost: {
      gateway: estimated['cpuUs.gateway'] ?? null,
      servers: estimated['cpuUs.servers'] ?? null,
      redis: estimated['cpuUs.redis'] ?? null,
      generator: estimated['cpuUs.generator'] ?? null,
    },
    counted,
    estimated,
    perSecond: perSecond(observed),
  };
}

function isRead({ what }: RequestRecord): boolean {
  return what === 'list' || what === 'profile' || what === 'room';
}

function shares(requests: readonly RequestRecord[]): Record<string, number> {
  const answered = requests.filter(({ server }) => server !== '');
  return Object.fromEntries([...byServer(answered)].map(([id, list]) => [id, round(list.length / answered.length, 4)]));
}

function perServer(
  requests: readonly RequestRecord[],
  cpu: Readonly<Record<'spent' | 'idle', Readonly<Record<string, number>>>>,
  servers: Iterable<string>,
): Run['perServer'] {
  const answered = byServer(requests.filter(({ server }) => server !== ''));
  // A killed server gave no answer, but is listed as well.
  const ids = [...new Set([...servers, ...Object.keys(cpu.spent), ...answered.keys()])].sort();
  return Object.fromEntries(
    ids.map((id) => {
      const list = answered.get(id) ?? [];
      const sorted = latencies(list).map((ms) => Math.max(0, ms));
      return [
        id,
        {
          requests: list.length,
          errors: list.filter(({ outcome }) => outcome === 'failed').length,
          p50Ms: round(percentile(sorted, 0.5)),
          p99Ms: round(percentile(sorted, 0.99)),
          cpuSeconds: cpu.spent[id] === undefined ? null : round(cpu.spent[id], 3),
          idleCpuSeconds: cpu.idle[id] === undefined ? null : round(cpu.idle[id], 3),
        },
      ];
    }),
  );
}

function byServer(requests: readonly RequestRecord[]): Map<string, RequestRecord[]> {
  const lists = new Map<string, RequestRecord[]>();
  for (const request of requests) {
    const list = lists.get(request.server);
    if (list === undefined) lists.set(request.server, [request]);
    else list.push(request);
  }
  return new Map([...lists].sort(([a], [b]) => a.localeCompare(b)));
}

function perSecond(observed: Observed): Run['perSecond'] {
  const { ledgers, fromMs, untilMs, deniedUntilMs } = observed;
  const requests = ledgers.flatMap((ledger) => inWindow(ledger, observed));
  const endsOf = (of: (request: RequestRecord) => boolean): number[] => requests.filter(of).map(({ endMs }) => endMs);
  const denials = ledgers
    .flatMap(({ todos }) => todos.map(({ deniedMs }) => deniedMs ?? -1))
    .filter((ms) => ms >= fromMs && ms < deniedUntilMs);
  const all = endsOf(() => true);
  // Answers and denials that belong to the last window may come after it.
  const latestMs = [...all, ...denials].reduce((latest, ms) => Math.max(latest, ms), untilMs - 1);
  const series = (times: readonly number[]): number[] => {
    const counts = new Array<number>(Math.floor(latestMs / 1000) + 1).fill(0);
    for (const ms of times) counts[Math.floor(ms / 1000)] = (counts[Math.floor(ms / 1000)] ?? 0) + 1;
    return counts;
  };
  return {
    requests: series(all),
    errors: series(endsOf(({ outcome }) => outcome === 'failed')),
    losses: series([...endsOf(({ outcome }) => outcome === 'out'), ...denials]),
  };
}

function mapValues(record: Readonly<Record<string, number>>, of: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]));
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
