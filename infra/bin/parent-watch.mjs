import { readFileSync } from 'node:fs';

/**
 * Sends us SIGTERM when the npm that started us is gone without a signal to us, as after kill -9. Does nothing when no npm started
 * us: a script that is run alone may be left running.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parents = starters();
  const timer = setInterval(() => {
    if (parents.every(exists)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
}

/** Our parent, and npm behind it when the parent is only the shell that npm ran us with. */
function starters() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1');
    const isShell = /\((?:ba|da|z)?sh\)/.test(stat);
    const grandparent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return isShell ? [process.ppid, grandparent] : [process.ppid];
  } catch {
    return [process.ppid];
  }
}

/** @param {number} pid */
function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
