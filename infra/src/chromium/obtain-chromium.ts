import { aptGetInstall } from '../apt-get.js';
import { findOnPath, isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr } from '../progress.js';

/** The one sentence for a machine without Chromium. */
export const HOW_TO_GET_CHROMIUM =
  'No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM_BIN to a Chromium or Chrome.';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium for browser tests: `CHROMIUM_BIN`, PATH, or apt-get as root on Debian. Undefined if none is available. */
export async function obtainChromium(
  env: NodeJS.ProcessEnv = process.env,
  say: Say = sayOnStderr,
): Promise<string | undefined> {
  if (env.CHROMIUM_BIN) return isExecutable(env.CHROMIUM_BIN) ? env.CHROMIUM_BIN : undefined;
  const find = () => names.map((name) => findOnPath(name, env)).find((path) => path !== undefined);
  return find() ?? ((await aptGetInstall('chromium', say)) ? find() : undefined);
}
