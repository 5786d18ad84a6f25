import { readFileSync } from 'node:fs';

const LOOK_MS = 500;

/**
 * Calls `gone` once when npm, which started this process through a shell, is gone. npm passes its signals on to the shell only, so
 * that `npx …` or `npm start` would leave this process behind. Does nothing for a process that npm did not start.
 */
export function followNpm(gone: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS);
  timer.unref();
}

/** The shell and npm: a process that lost its parent is given another. */
function ancestors(): string {
  const { ppid } = process;
  return `${ppid} ${parentOf(ppid)}`;
}

function parentOf(pid: number): string | undefined {
  try {
    // "pid (name) state parent …", and the name may hold anything.
    return /.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    // Not on this system, or just gone: the parent's number says enough.
    return undefined;
  }
}
