import type { Journey } from '../journeys/journey.js';
import { readDuration } from '../loads/duration.js';
import type { Experiment } from '../results/results.js';
import { type AppFile, armOf } from './app-file.js';
import type { Routing } from './app-file.schema.js';

const NAME = 'your-app';
/** The share of lost users or writes must be certainly below this when the runs lost none. */
const AT_MOST = 0.1;

/** One arm of an app's experiment: a variant behind a routing. */
export interface AppArm {
  readonly name: string;
  readonly variant: string;
  readonly routing: Routing;
}

export function armsOf({ routings, variants }: Pick<AppFile, 'routings' | 'variants'>): AppArm[] {
  return Object.keys(variants).flatMap((variant) =>
    routings.map((routing) => ({ name: armOf(routing, variant), variant, routing })),
  );
}

/** The journey of an app's users, described like the lab's own. */
export function journeyOf({ journey }: Pick<AppFile, 'journey'>): Journey {
  const isModule = 'module' in journey;
  const writes = isModule || journey.write.length > 0;
  return {
    ...{ id: 'app', title: "Logs in, writes, and reads what it wrote, as the app's file says" },
    ...{ steps: { list: 4, ...(writes && { add: 1 }) }, first: writes ? ['add', 'add'] : [] },
    ...{ comesBack: true, chats: false, keepsAffinity: true, script: 'app-journey', mayStayOut: true },
    ...(isModule && { module: journey.module }),
    tells: () => (isModule ? {} : { app: journey }),
  };
}

/** Every arm, calm and with a server killed midway; five sentences an arm. */
export function appExperiment(
  app: AppFile,
  arms: readonly AppArm[],
  { kills, measure, again }: { readonly kills: boolean; readonly measure: string; readonly again: string },
): Experiment {
  const server = `server-${Math.min(2, app.replicas)}`;
  const load = { ...app.load, measure };
  return {
    name: NAME,
    question: `What happens to users of ${app.name}${kills ? ', and when a server dies' : ''}?`,
    claim: null,
    again,
    arms: arms.map(({ name }) => name),
    ...{ journey: 'app', load },
    disturb: kills ? [{ at: killAt(load), kill: server }] : [],
    rules: arms.flatMap((arm) => rulesOf(app, arm, kills)),
  };
}

function rulesOf(app: AppFile, { name, variant, routing }: AppArm, kills: boolean): Experiment['rules'] {
  const writes = 'module' in app.journey || app.journey.write.length > 0;
  const calm = kills ? 'before, ' : '';
  const of = `${routing} with ${variant}`;
  const rule = (say: string, counted: string) => ({ say, counted, atMost: AT_MOST });
  return [
    rule(`${of}: every login is accepted while all servers live.`, `loginsDenied(${calm}${name}) is 0`),
    rule(`${of}: nobody is logged out while all servers live.`, `loggedOut(${calm}${name}) is 0`),
    ...(writes
      ? [rule(`${of}: no acknowledged write is lost while all servers live.`, `writesLost(${calm}${name}) is 0`)]
      : []),
    ...(kills ? [rule(`${of}: nobody is logged out when a server dies.`, `loggedOut(${name}) is 0`)] : []),
    ...(kills && writes
      ? [rule(`${of}: no acknowledged write is lost when a server dies.`, `writesLost(${name}) is 0`)]
      : []),
  ];
}

/** The time of the kill: the middle of the measured time. */
function killAt({ warmUp, measure }: { warmUp: string; measure: string }): string {
  return `${Math.round(milliseconds(warmUp) + milliseconds(measure) / 2)}ms`;
}

function milliseconds(text: string): number {
  return readDuration(text) ?? 0;
}
