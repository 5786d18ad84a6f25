import { aptGetInstall } from '../apt-get.js';
import { findOnPath } from '../find-on-path.js';
import { type Say, sayOnStderr } from '../progress.js';
import { runCommand } from '../run-command.js';

/** The one sentence for a machine without PHP and its Redis client. */
export const HOW_TO_GET_PHP =
  'No PHP with the redis extension found: install both (Debian: apt-get install php-cli php-redis, elsewhere: pecl install redis).';

/** A PHP on PATH that has the redis extension; as root on Debian it is installed. Rejects with `HOW_TO_GET_PHP`. */
export async function obtainPhp(say: Say = sayOnStderr): Promise<string> {
  const found = await findPhp();
  if (found !== undefined) return found;
  for (const name of ['php-cli', 'php-redis']) await aptGetInstall(name, say);
  const installed = await findPhp();
  if (installed === undefined) throw new Error(HOW_TO_GET_PHP);
  return installed;
}

async function findPhp(): Promise<string | undefined> {
  const php = findOnPath('php');
  if (php === undefined) return undefined;
  const { code } = await runCommand(php, ['-r', 'exit(extension_loaded("redis") ? 0 : 1);'], { timeoutMs: 20_000 });
  return code === 0 ? php : undefined;
}
