import { readFileSync } from 'node:fs';

const LOOK_MS = 500;

/**
 * Calls `gone` once when the npm that started this process through a shell is gone. npm passes its signals on to the shell only,
 * and `npx …` or `npm start` would otherwise leave this process behind. Does nothing for a process that npm did not start.
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

/** Identifies the shell and npm: a process that loses its parent gets another. */
function ancestors(): string {
  const { ppid } = process;
  return `${ppid} ${parentOf(ppid)}`;
}

function parentOf(pid: number): string | undefined {
  try {
    // "pid (name) state parent …", and the name may hold anything.
    return /.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    // The system has no /proc, or the parent is just gone: its number is enough.
    return undefined;
  }
}
