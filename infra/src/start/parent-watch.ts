import { readFileSync } from 'node:fs';
import { isAlive } from '@holdfast/fleet';

/**
 * Calls `onGone` once when the npm that started us is gone without a word, as after kill -9. Does nothing when no npm
 * started us: whoever runs the script alone may leave it running.
 */
export function watchParent(onGone: () => void, env: NodeJS.ProcessEnv = process.env, intervalMs = 500): void {
  if (env.npm_lifecycle_event === undefined) return;
  const parents = starters();
  const timer = setInterval(() => {
    if (parents.every(isAlive)) return;
    clearInterval(timer);
    onGone();
  }, intervalMs);
  timer.unref();
}

/** Our parent, and npm behind it when the parent is only the shell that npm ran us with. */
function starters(): number[] {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1');
    const isShell = /\((?:ba|da|z)?sh\)/.test(stat);
    const grandparent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return isShell && grandparent > 1 ? [process.ppid, grandparent] : [process.ppid];
  } catch {
    return [process.ppid];
  }
}
