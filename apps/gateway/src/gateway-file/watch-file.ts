import { statSync } from 'node:fs';

const POLL_MS = 500;

/** Identifies a state of a file; undefined while the file does not exist. */
export type FileMark = string | undefined;

/** The mark of the file at `path` now. Take it before reading, so that a change in between is seen afterwards. */
export function markFile(path: string): FileMark {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
}

/**
 * Calls `onChange` within half a second after the file at `path` differs from `seen`, and again after every later change. It
 * polls, because that also detects a file replaced by a rename or behind a mounted link. A missing file is just being replaced
 * and does not count as a change. Returns a function that stops it.
 */
export function watchFile(path: string, seen: FileMark, onChange: () => void): () => void {
  let last = seen;
  const timer = setInterval(() => {
    const mark = markFile(path);
    if (mark === undefined || mark === last) return;
    last = mark;
    onChange();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
