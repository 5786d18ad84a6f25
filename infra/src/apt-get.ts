import { findOnPath } from './find-on-path.js';
import { type Say, withProgress } from './progress.js';
import { runCommand } from './run-command.js';

/** Installs a Debian package. False without root rights, without apt-get, or if the package is not available. */
export async function aptGetInstall(name: string, say: Say): Promise<boolean> {
  const aptGet = findOnPath('apt-get');
  if (aptGet === undefined || process.getuid?.() !== 0) return false;
  return withProgress(`installing ${name} with apt-get`, say, async () => {
    // RUNLEVEL=1 keeps a package from starting a system-wide server on a port that is not ours to use.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    // Another installation may hold the lock: it is waited for, in seconds.
    const args = ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '-qq', '--no-install-recommends', name];
    const install = () => runCommand(aptGet, args, { env });
    if ((await install()).code === 0) return true;
    // The package list of a new machine is empty or old.
    await runCommand(aptGet, ['update', '-qq'], { env });
    return (await install()).code === 0;
  });
}
