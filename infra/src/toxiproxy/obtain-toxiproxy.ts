import { join, resolve } from 'node:path';
import { buildWithGo } from '../build-with-go.js';
import { findOnPath, isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr } from '../progress.js';
import { runCommand } from '../run-command.js';

/** The Toxiproxy release that is built; `infra/toxiproxy/go.mod` pins its source. */
export const TOXIPROXY_VERSION = '2.12.0';

/** A Toxiproxy server program. */
export interface ObtainedToxiproxy {
  readonly binary: string;
  /** The place it came from, in words for the user. */
  readonly origin: string;
}

/** The one sentence for a machine without Toxiproxy. */
export const howToGetToxiproxy = `No Toxiproxy found: install toxiproxy-server ${TOXIPROXY_VERSION} (https://github.com/Shopify/toxiproxy) and set TOXIPROXY_BIN to it, or install Go 1.25 or newer to have it built once.`;

/**
 * Finds or builds Toxiproxy, in this order: `TOXIPROXY_BIN`; `toxiproxy-server` on PATH; `<dataDir>/bin`; built once with Go from
 * the pinned source. Rejects with one sentence that says how to get it.
 */
export async function obtainToxiproxy(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<ObtainedToxiproxy> {
  if (env.TOXIPROXY_BIN) {
    if (await runs(env.TOXIPROXY_BIN)) return { binary: env.TOXIPROXY_BIN, origin: 'from TOXIPROXY_BIN' };
    throw new Error(`TOXIPROXY_BIN is ${env.TOXIPROXY_BIN}, which is not Toxiproxy: correct it or unset it.`);
  }
  // Go does not accept a relative folder.
  const built = join(resolve(dataDir), 'bin', 'toxiproxy-server');
  for (const [binary, origin] of [
    [findOnPath('toxiproxy-server', env), 'on PATH'],
    [built, 'built before'],
  ] as const) {
    if (binary !== undefined && (await runs(binary))) return { binary, origin };
  }
  const title = `building Toxiproxy ${TOXIPROXY_VERSION} with Go, once (up to a minute)`;
  const main = 'github.com/Shopify/toxiproxy/v2/cmd/server';
  const problem = await buildWithGo({ folder: 'toxiproxy', main, title }, built, env, say);
  if (problem === undefined && (await runs(built))) return { binary: built, origin: 'built with Go' };
  throw new Error([howToGetToxiproxy, problem].join('\n').trim());
}

async function runs(binary: string): Promise<boolean> {
  if (!isExecutable(binary)) return false;
  const { code, output } = await runCommand(binary, ['-version'], { timeoutMs: 20_000 });
  return code === 0 && output.includes('toxiproxy');
}
