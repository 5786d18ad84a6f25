import type { AdminClient } from '../admin/admin-client.js';
import type { ProcessStatus, UpstreamView } from '../admin/shapes.js';
import { StoryStopped } from './stage.js';

const POLL_MS = 250;
const READY_TIMEOUT_MS = 45_000;

/** What a fleet of the story consists of, and a scenario that starts it. */
const FLEETS = {
  monolith: { apps: ['monolith'], scenario: 'sticky-cookie-local' },
  cached: { apps: ['auth', 'todo', 'chat'], scenario: 'round-robin-cached' },
} as const;
export type StoryFleet = keyof typeof FLEETS;

/** The part of the admin API that brings the system into a state. */
export type SystemSteering = Pick<AdminClient, 'fleet' | 'upstreams' | 'control' | 'scale' | 'flow'>;

/** How many replicas of each app of the story ran when it began, and shall run when it ends. */
export type Baseline = ReadonlyMap<string, number>;

/**
 * The replicas that ran before the story. Apps of the story have the same number of replicas, so that the largest is right where an
 * earlier story could not clean up after itself.
 */
export function baselineOf(processes: readonly ProcessStatus[]): Baseline {
  const apps = Object.entries(FLEETS).flatMap(([fleet, { apps }]) => apps.map((app) => ({ app, fleet })));
  const counts = apps.map(
    ({ app, fleet }) => processes.filter((each) => each.app === app && each.fleet === fleet).length,
  );
  const most = Math.max(...counts);
  return new Map(apps.map(({ app }, n) => [app, counts[n] === 0 ? 0 : most]));
}

/** The processes behind the gateway. Throws a `StoryStopped` that says what to start where there are none, or several of Redis. */
export async function processesOf(system: Pick<SystemSteering, 'fleet'>): Promise<readonly ProcessStatus[]> {
  const processes = await system.fleet();
  if (processes === null) {
    throw new StoryStopped(
      'The story starts and kills servers, and no fleet runs behind this gateway: use `npm start`.',
    );
  }
  if (!processes.some(({ id }) => id === 'redis')) {
    throw new StoryStopped(
      'The story kills the one Redis of the system, and this one has several servers: start it without --redis.',
    );
  }
  return processes;
}

/** A replica count for each app of the fleets, at least two: some steps kill one of them. */
export function wantedReplicas(fleets: readonly StoryFleet[], baseline: Baseline, servers?: number) {
  return fleets.flatMap((fleet) =>
    FLEETS[fleet].apps.map((app) => ({
      ...{ app, fleet },
      replicas: app === 'monolith' && servers !== undefined ? servers : Math.max(2, baseline.get(app) ?? 0),
    })),
  );
}

/**
 * Brings Redis and the fleets to the wanted number of ready servers, and waits until the gateway sends requests to each. Mends what an
 * earlier step, or a person, did to them. Throws a `StoryStopped` that says what to do when that cannot be.
 */
export async function bringTo(
  system: SystemSteering,
  wanted: readonly { readonly app: string; readonly fleet: StoryFleet; readonly replicas: number }[],
): Promise<void> {
  const before = await processesOf(system);
  for (const { app, fleet } of wanted) {
    if (before.some((each) => each.app === app && each.fleet === fleet)) continue;
    const { scenario } = FLEETS[fleet];
    throw new StoryStopped(
      `This step needs servers that do not run. Start them with: npm start -- --scenarios ${scenario}`,
    );
  }
  const reader = before.find((each) => each.app === 'reader');
  if (reader !== undefined) await system.scale('reader', 0, reader.fleet);
  const concerned = before.filter(
    ({ id, app, fleet }) => id === 'redis' || wanted.some((each) => each.app === app && each.fleet === fleet),
  );
  // Redis first: a server that starts without it is not ready.
  for (const each of concerned.filter(({ id }) => id === 'redis')) await mend(system, each);
  await Promise.all(concerned.filter(({ id }) => id !== 'redis').map((each) => mend(system, each)));
  for (const { app, fleet, replicas } of wanted) {
    if (before.filter((each) => each.app === app && each.fleet === fleet).length !== replicas)
      await system.scale(app, replicas, fleet);
  }
  await untilReady(system, wanted);
}

async function mend(system: SystemSteering, { id, state }: ProcessStatus): Promise<void> {
  if (state === 'paused') await system.control(id, 'resume');
  if (state === 'killed' || state === 'stopped') await system.control(id, 'restart');
}

async function untilReady(
  system: SystemSteering,
  wanted: readonly { app: string; fleet: StoryFleet }[],
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const [processes, upstreams] = await Promise.all([processesOf(system), system.upstreams()]);
    const ids = processes
      .filter((each) => wanted.some(({ app, fleet }) => each.app === app && each.fleet === fleet))
      .map(({ id }) => id);
    const late = await notUp(system, upstreams, ids);
    if (late.length === 0 && processes.find(({ id }) => id === 'redis')?.state === 'ready') return;
    if (Date.now() > deadline)
      throw new StoryStopped(`Not ready in time: ${late.join(', ') || 'Redis'}. Try this step again.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The destinations among `ids` that get no requests yet; one that is draining is taken back. */
async function notUp(
  system: SystemSteering,
  upstreams: readonly UpstreamView[],
  ids: readonly string[],
): Promise<readonly string[]> {
  const late: string[] = [];
  for (const { name, destinations } of upstreams) {
    for (const { id, state } of destinations.filter((destination) => ids.includes(destination.id))) {
      if (state !== 'up' && state !== 'slow') late.push(id);
      if (state === 'draining') await system.flow(name, id, 'undrain');
    }
  }
  return [...new Set(late)];
}
