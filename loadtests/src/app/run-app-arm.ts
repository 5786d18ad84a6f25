import type { UserLedger } from '../ledger/user-ledger.js';
import type { Run } from '../results/results.js';
import { type RunPlan, type RunTools, runArm } from '../runners/run-arm.js';
import type { AppFile } from './app-file.js';
import { type AppPlace, AppSystem } from './app-system.js';

type OnStart = (stop: () => Promise<void>) => void;

/** Does the work on servers, stores and a gateway started for it alone. `onStart` gets the function that ends all of it early. */
export async function onAppSystem<T>(
  app: AppFile,
  place: AppPlace,
  onStart: OnStart,
  work: (system: AppSystem, tools: Pick<RunTools, 'onStart'>) => Promise<T>,
): Promise<T> {
  let stopK6 = (): void => undefined;
  const stopped = (stop: () => Promise<void>): void =>
    onStart(() => {
      stopK6();
      return stop();
    });
  const system = await AppSystem.start(app, place, stopped);
  try {
    return await work(system, {
      onStart: (stop) => {
        stopK6 = stop;
      },
    });
  } finally {
    await system.stop();
  }
}

/** Runs one arm of an app once. Rejects when it could not be run. */
export async function runAppArm(
  app: AppFile,
  place: AppPlace,
  plan: RunPlan,
  tools: Omit<RunTools, 'onStart'>,
  onStart: OnStart,
): Promise<{ entries: Run[]; ledgers: readonly UserLedger[]; summary?: string | undefined }> {
  const { variant, routing } = place;
  const { entries, ledgers, summary, error } = await onAppSystem(app, place, onStart, (system, more) =>
    runArm(plan, system, { ...tools, ...more }),
  );
  if (error !== undefined) throw error;
  return {
    ...{ ledgers, summary },
    entries: entries.map((run) => ({ ...run, variant, routing, counted: asWrites(run.counted) })),
  };
}

/** An app that is not ours has no todos: it acknowledges writes. */
function asWrites(counted: Run['counted']): Run['counted'] {
  return Object.fromEntries(
    Object.entries(counted).map(([name, value]) => [name.replace(/^todos(Lost|Missing)/, 'writes$1'), value]),
  );
}
