import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type ObtainedK6 } from '@holdfast/infra';
import { redisOf } from '../disturbances/disturbance.js';
import { drawSteps } from '../journeys/draw-steps.js';
import type { Journey } from '../journeys/journey.js';
import { type AnswersComparison, compareWithGateway } from '../ledger/compare-with-gateway.js';
import {
  compareWithLog,
  compareWithStore,
  type LogComparison,
  type StoreComparison,
} from '../ledger/compare-with-store.js';
import { countRun } from '../ledger/count-run.js';
import { endedUnplanned, type PartProcess } from '../ledger/ended-processes.js';
import { readLedgers } from '../ledger/read-ledgers.js';
import { type UserLedger, userLedgerSchema } from '../ledger/user-ledger.js';
import { invalidBecause } from '../ledger/validity.js';
import { clientAddresses } from '../loads/client-addresses.js';
import type { UserLoad } from '../loads/load.js';
import type { Measure, Observed } from '../measures/measure.js';
import type { PlannedDisturbance } from '../plan/planned-disturbance.js';
import type { Run } from '../results/results.js';
import type { Arm } from '../systems/arm.js';
import { armOptionsSchema } from '../systems/arm-options.js';
import { freePorts } from '../systems/free-ports.js';
import type { LabSystem } from '../systems/lab-system.js';
import { CpuSnapshots } from './cpu-snapshots.js';
import { disturbAtTheirTimes } from './disturb.js';
import { MemorySamples, memoryTimes } from './memory-samples.js';
import { K6_WARM_UP_MS, runK6 } from './run-k6.js';
import { type RunWatcher, tellSeconds } from './tell-seconds.js';

/** While k6 loads its users, nobody asks the system anything; a system that was just started has settled by then. */
const IDLE_MS = 1_000;

/** The plan of one run: its arm, its load, and its disturbances. */
export interface RunPlan {
  readonly experiment: string;
  readonly arm: Arm;
  readonly block: number;
  readonly seed: number;
  readonly journey: Journey;
  readonly load: UserLoad;
  readonly disturbances: readonly PlannedDisturbance[];
}

export interface RunTools {
  readonly k6: ObtainedK6;
  readonly measures: Iterable<Measure>;
  /** Called with the function that ends k6 early. */
  readonly onStart: (stop: () => void) => void;
  /** Hears of the run while it is under way. */
  readonly watcher?: RunWatcher | undefined;
}

/** The result of a run: its entries in results.json, every user's ledger, and k6's own summary as JSON. */
export interface FinishedRun {
  readonly entries: Run[];
  readonly ledgers: readonly UserLedger[];
  /** Missing when there are no entries. */
  readonly summary?: string;
  /** The reason why there are no entries. */
  readonly error?: unknown;
  /** Undoes the disturbances; the arm's fleet is as before when it resolves. */
  heal(): Promise<void>;
}

/** Runs one arm once and counts it: before and after its disturbance, or as a whole. */
export async function runArm(plan: RunPlan, system: LabSystem, tools: RunTools): Promise<FinishedRun> {
  const { arm, load, disturbances } = plan;
  const { redisRoundTripMs, servers } = armOptionsSchema.parse(arm.options);
  const usual = await system.control(arm.scenario);
  if (servers !== undefined) await usual.scale(servers);
  const control = servers === undefined ? usual : await system.control(arm.scenario);
  if (redisRoundTripMs !== undefined) await redisOf(control).slow(redisRoundTripMs);
  const serverOf = await system.serverOf(arm.scenario);
  const before = await system.processes(arm.scenario);
  const sentBefore = await system.answersSent?.();
  const snapshots = new CpuSnapshots(await system.serverPids(arm.scenario), await system.pids(arm.scenario));
  const { watcher } = tools;
  const [apiPort] = watcher === undefined ? [] : await freePorts(1);
  const startAtMs = Date.now() + K6_WARM_UP_MS;
  const closingMs = load.warmUpMs + load.measureMs;
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-run-'));
  let midway: string | undefined;
  const heal = async (): Promise<void> => {
    for (const { disturbance, options } of [...disturbances].reverse()) await disturbance.heal(control, options);
    if (redisRoundTripMs !== undefined) await redisOf(control).slow(0);
    if (servers !== undefined) await control.scale(usual.servers.size);
    // The effects of a disturbance that failed midway are not known.
    if (midway !== undefined) throw new Error(midway);
  };
  const timers = new AbortController();
  // One for each sample of a long run.
  setMaxListeners(0, timers.signal);
  const at = async (ms: number, act: () => void | Promise<void>): Promise<void> => {
    await delay(startAtMs + ms - Date.now(), undefined, { signal: timers.signal }).then(act, () => undefined);
  };
  const takeMemory = async (): Promise<void> => {
    // Who restarts cannot say which processes there are: then a sample is missing, and the run goes on.
    const known = Promise.all([system.serverPids(arm.scenario), system.pids(arm.scenario)]);
    const [servers, pids] = await known.catch(() => []);
    const gateways = pids?.gateway.map((pid) => ['gateway', pid] as const) ?? [];
    memory.take(Date.now() - startAtMs, [...(servers ?? []), ...gateways]);
  };
  const memory = new MemorySamples();
  const disturbing = disturbAtTheirTimes(disturbances, control, { startAtMs, closingMs }, timers.signal, (begun, n) => {
    if (n === 0) snapshots.take('disturbed');
    watcher?.onDisturbance(begun);
  });
  if (watcher !== undefined) {
    // The last second is told when k6 has ended: whether it was told decides nothing.
    tellSeconds(`http://127.0.0.1:${apiPort}`, startAtMs, timers.signal, watcher.onSecond).catch(() => undefined);
  }
  try {
    const [{ lines, summary }] = await Promise.all([
      runK6(
        tools.k6,
        {
          journey: plan.journey.script ?? 'steps-journey',
          module: plan.journey.module,
          plan: k6Plan(plan, system.url(arm.scenario), startAtMs),
          ...{ dir, apiPort },
        },
        (child) => {
          snapshots.watchGenerator(child.pid);
          tools.onStart(() => child.kill('SIGTERM'));
        },
      ).finally(() => timers.abort()),
      at(-IDLE_MS, () => snapshots.take('idle')),
      at(0, () => snapshots.take('begun')),
      at(load.warmUpMs, () => snapshots.take('measured')),
      at(closingMs, () => snapshots.take('closing')),
      ...memoryTimes(closingMs).map((ms) => at(ms, takeMemory)),
    ]);
    const ledgers = readLedgers(lines, userLedgerSchema);
    const { happened, failed } = await disturbing;
    const ended = await whatEnded(before, plan, system);
    const stamp = stampOf(plan, startAtMs);
    const todos = await system.storedTodos?.(arm.scenario, stamp);
    const hasRooms = ledgers.some(({ chat }) => chat !== undefined);
    const messages = hasRooms ? await system.storedMessages?.(arm.scenario, stamp) : undefined;
    // A gateway that does not answer is told as such above.
    const sent = await system.answersSent?.().catch(() => undefined);
    const secondSources = {
      answers: sentBefore && sent && compareWithGateway(ledgers, sentBefore, sent),
      store: todos && compareWithStore(ledgers, todos),
      chatLog: messages && compareWithLog(ledgers, messages),
    };
    if (happened.length < disturbances.length) midway = failed;
    const entries = countEntries(
      plan,
      { ledgers, closingMs, serverOf, snapshots, memory, happened, failed, ended, secondSources },
      tools.measures,
    );
    return { entries, ledgers, summary, heal };
  } catch (error) {
    // Disturbances are healed all the same: the next run must not find a server that this one killed.
    await disturbing;
    return { entries: [], ledgers: [], error, heal };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What ended although no disturbance was to end it, by the system itself; a system that no longer answers is told as such. */
async function whatEnded(
  before: readonly PartProcess[],
  { arm, disturbances }: RunPlan,
  system: LabSystem,
): Promise<string | undefined> {
  const planned = disturbances.flatMap(({ disturbance, options }) => disturbance.ends?.(options) ?? []);
  try {
    const after = await system.processes(arm.scenario);
    return endedUnplanned(
      before,
      after.filter(({ pid }) => isAlive(pid)),
      new Set(planned),
    );
  } catch (error) {
    return `the system did not say at the end of the run which processes it has: ${String(error)}`;
  }
}

/** Names the users and todos of one run apart from those of every other. */
function stampOf({ experiment }: Pick<RunPlan, 'experiment'>, startAtMs: number): string {
  return `${startAtMs.toString(36)}${experiment.length}`;
}

/** The plan for the k6 script. */
export function k6Plan(
  { journey, load, seed, block, experiment }: Omit<RunPlan, 'arm' | 'disturbances'>,
  baseUrl: string,
  startAtMs: number,
): object {
  const users = Array.from({ length: load.users }, (_, n) => n + 1);
  // The same in every arm of a block.
  const drawn = seed + block;
  return {
    ...{ baseUrl, startAtMs, users: load.users, stamp: stampOf({ experiment }, startAtMs) },
    ...addressesOf(load, drawn),
    signInMs: users.map((user) => load.signInMs(user, drawn)),
    steps: users.map((user) => drawSteps(journey, load.sendTimes(user, drawn), drawn, user)),
    ...{ comesBack: journey.comesBack, chats: journey.chats, keepsAffinity: journey.keepsAffinity },
    closingMs: load.warmUpMs + load.measureMs,
    ...journey.tells?.(load),
  };
}

/** The address that each user seems to come from, and the users whose address changes at some time. */
function addressesOf({ users, addresses, warmUpMs, measureMs }: UserLoad, seed: number): object {
  const own = clientAddresses(users * 2, seed);
  const first = own.slice(0, users);
  if (addresses === 'one') return { addresses: first.map(() => own[0]), moves: [] };
  if (addresses === 'own') return { addresses: first, moves: [] };
  const midwayMs = warmUpMs + Math.round(measureMs / 2);
  return { addresses: first, moves: own.slice(users).map((address) => [midwayMs, address]) };
}

interface Seen {
  readonly ledgers: readonly UserLedger[];
  readonly closingMs: number;
  readonly serverOf: ReadonlyMap<string, string>;
  readonly snapshots: CpuSnapshots;
  readonly memory: MemorySamples;
  readonly happened: Run['disturbances'];
  readonly failed: string | undefined;
  readonly ended: string | undefined;
  readonly secondSources: {
    readonly answers: AnswersComparison | undefined;
    readonly store: StoreComparison | undefined;
    readonly chatLog: LogComparison | undefined;
  };
}

function countEntries(plan: RunPlan, seen: Seen, measures: Iterable<Measure>): Run[] {
  const { arm, load, journey, disturbances, experiment, block } = plan;
  const { ledgers, closingMs, serverOf, snapshots, memory, happened, failed, ended, secondSources } = seen;
  const disturbedMs = happened[0] === undefined ? undefined : happened[0].atSeconds * 1000;
  const because = invalidBecause({
    ...{ users: load.users, ledgers, disturbedMs, notDisturbed: failed, ended, ...secondSources },
    ...{ addsTodos: journey.first.includes('add'), mayStayOut: journey.mayStayOut },
  });
  const targets = new Set(disturbances.flatMap(({ disturbance, options }) => disturbance.targets(options)));
  const entry = (phase: Run['phase'], fault: string, fromMs: number, untilMs: number): Run => {
    const last = untilMs === closingMs;
    const from = phase === 'after' ? 'disturbed' : 'measured';
    const to = phase === 'before' ? 'disturbed' : 'closing';
    const observed: Observed = {
      ...{ ledgers, fromMs, untilMs, serverOf, isAfter: phase === 'after' },
      deniedUntilMs: last ? Infinity : untilMs,
      bound: phase === 'after' && targets.size > 0 ? boundTo(targets, ledgers, serverOf, fromMs) : undefined,
      ...{ cpuSeconds: snapshots.between(from, to), idleCpuSeconds: snapshots.idle() },
      ...{ heavyUsers: load.heavyUsers, memory: memory.byPid },
    };
    return countRun(
      observed,
      {
        ...{ experiment, arm: arm.name, scenario: arm.scenario, engine: arm.engine, fault, phase, block },
        ...{ valid: because === null, invalidBecause: because, disturbances: phase === 'before' ? [] : happened },
        ...(last && present(secondSources)),
        ...{ serverCpuSeconds: snapshots.serversBetween(from, to), serverIdleCpuSeconds: snapshots.idleServers() },
      },
      measures,
    );
  };
  const id = disturbances[0]?.disturbance.id;
  if (id === undefined) return [entry('whole', 'none', load.warmUpMs, closingMs)];
  // The disturbance was never tried, so nothing was measured after it.
  if (disturbedMs === undefined) return [entry('whole', id, load.warmUpMs, closingMs)];
  return [entry('before', 'none', load.warmUpMs, disturbedMs), entry('after', id, disturbedMs, closingMs)];
}

function present({ answers, store, chatLog }: Seen['secondSources']): Pick<Run, 'answers' | 'store' | 'chatLog'> {
  return { ...(answers && { answers }), ...(store && { store }), ...(chatLog && { chatLog }) };
}

/** Users whose newest answer of some app came from a target; undefined when users moved between servers, so that none is bound. */
function boundTo(
  targets: ReadonlySet<string>,
  ledgers: readonly UserLedger[],
  serverOf: ReadonlyMap<string, string>,
  beforeMs: number,
): ReadonlySet<number> | undefined {
  const bound = new Set<number>();
  let moved = 0;
  for (const { user, requests } of ledgers) {
    const newest = new Map<string, string>();
    let moves = false;
    for (const { server } of requests.filter(({ endMs, server }) => endMs < beforeMs && server !== '')) {
      const app = server.replace(/-\d+$/, '');
      if (newest.has(app) && newest.get(app) !== server) moves = true;
      newest.set(app, server);
    }
    if (moves) moved++;
    if ([...newest.values()].some((server) => targets.has(serverOf.get(server) ?? ''))) bound.add(user);
  }
  return moved > ledgers.length / 10 ? undefined : bound;
}
