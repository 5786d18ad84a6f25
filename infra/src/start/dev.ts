import { existsSync, type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from '@holdfast/fleet';
import { builtApps } from './built-apps.js';
import { CleanUp } from './clean-up.js';
import { type StartSettings, startAll } from './start.js';

/** An editor writes a file in several steps, and a branch switch many files. */
const QUIET_MS = 300;

const root = join(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Runs the system as `npm start` does and builds again whenever a source changes. It restarts processes only after a successful
 * build, and only those whose code changed; the old ones serve until then. The last line shows the address.
 */
export async function dev(
  settings: StartSettings,
  build: () => Promise<{ readonly code: number; readonly output: string }>,
): Promise<void> {
  const cleanUp = new CleanUp(say);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cleanUp.end(0));
  try {
    const { fleet, gateway, url } = await startAll(settings, cleanUp);
    let running = builtApps(root);
    const rebuild = async (): Promise<void> => {
      const { code, output } = await build();
      if (code !== 0) {
        say(output.trimEnd());
        return say(`✗ the build failed: the previous one still serves  ${url}`);
      }
      const built = builtApps(root);
      const changed = new Set([...built].filter(([app, mark]) => running.get(app) !== mark).map(([app]) => app));
      running = built;
      for (const part of [fleet, gateway]) await restartChanged(part, changed);
      say(`ready  ${url}`);
    };
    cleanUp.add('the watch over sources', watchSources(rebuild));
  } catch (error) {
    if (cleanUp.ending) return;
    say(error instanceof Error ? error.message : String(error));
    cleanUp.end(1);
  }
}

/** Restarts one after the other, so that an app with several replicas always has one that serves. */
async function restartChanged(fleet: Fleet, changed: ReadonlySet<string>): Promise<void> {
  for (const { id, app } of fleet.status()) {
    const replica = changed.has(app) ? fleet.find(id) : undefined;
    if (replica === undefined) continue;
    try {
      await fleet.restart(replica);
      say(`✓ ${id} runs the new build`);
    } catch (error) {
      say(`✗ ${id} does not start on the new build: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Calls `changed` once sources have changed and then rested, never twice at once. Returns a function that stops it. */
function watchSources(changed: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const notice = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(changed).catch((error) => say(String(error)));
    }, QUIET_MS);
  };
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  const sources = folders.map((folder) => join(folder, 'src')).filter((folder) => existsSync(folder));
  const watchers: FSWatcher[] = sources.map((folder) => watch(folder, { recursive: true }, notice));
  return async () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
