import { join, resolve } from 'node:path';
import { buildWithGo } from '../build-with-go.js';
import { findDocker } from '../docker.js';
import { findOnPath, isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { runCommand } from '../run-command.js';

/** The k6 release that journeys are written for; `infra/k6/go.mod` pins its source. */
export const K6_VERSION = '2.2.0';

/** A way to run k6: put its arguments behind these words. */
export interface ObtainedK6 {
  readonly command: string;
  readonly args: readonly string[];
  /** As k6 reports it, e.g. `v2.2.0`. */
  readonly version: string;
  /** The place it came from, in words for the user. */
  readonly origin: string;
}

/** The one sentence for a machine without k6. */
export const howToGetK6 = `No k6 found: install k6 ${K6_VERSION} (https://grafana.com/docs/k6) and set K6_BIN to it, or install Go 1.25 or newer to have it built once, or start Docker.`;

/**
 * Finds or builds the real k6, in this order: `K6_BIN`; PATH; `<dataDir>/bin`; built once with Go from the pinned source; Docker.
 * Rejects with one sentence that says how to get it.
 */
export async function obtainK6(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<ObtainedK6> {
  if (env.K6_BIN) {
    const version = await versionOf(env.K6_BIN);
    if (version === undefined) throw new Error(`K6_BIN is ${env.K6_BIN}, which is not k6: correct it or unset it.`);
    return { command: env.K6_BIN, args: [], version, origin: 'from K6_BIN' };
  }
  // Go does not accept a relative folder.
  const built = join(resolve(dataDir), 'bin', 'k6');
  for (const [file, origin] of [
    [findOnPath('k6', env), 'on PATH'],
    [built, 'built before'],
  ] as const) {
    const version = file === undefined ? undefined : await versionOf(file);
    if (file !== undefined && version !== undefined) return { command: file, args: [], version, origin };
  }
  const title = `building k6 ${K6_VERSION} with Go, once (one to five minutes)`;
  const problem = await buildWithGo({ folder: 'k6', main: 'go.k6.io/k6/v2', title }, built, env, say);
  const version = problem === undefined ? await versionOf(built) : undefined;
  if (version !== undefined) return { command: built, args: [], version, origin: 'built with Go' };
  const container = await inDocker(say);
  if (container !== undefined) return container;
  throw new Error([howToGetK6, problem].join('\n').trim());
}

async function versionOf(file: string): Promise<string | undefined> {
  if (!isExecutable(file)) return undefined;
  const { code, output } = await runCommand(file, ['version'], { timeoutMs: 20_000 });
  return code === 0 ? /\bv\d+\.\d+\.\d+\S*/.exec(output)?.[0] : undefined;
}

async function inDocker(say: Say): Promise<ObtainedK6 | undefined> {
  const docker = await findDocker();
  if (docker === undefined) return undefined;
  const image = `grafana/k6:${K6_VERSION}`;
  const pulled = await withProgress(`fetching ${image}`, say, () => runCommand(docker, ['pull', '--quiet', image]));
  if (pulled.code !== 0) return undefined;
  // The host's network, to reach services on loopback; the working folder under its own name, for scripts and results.
  const here = process.cwd();
  const args = ['run', '--rm', '--network', 'host', '--volume', `${here}:${here}`, '--workdir', here, image];
  return { command: docker, args, version: `v${K6_VERSION}`, origin: 'in Docker' };
}
