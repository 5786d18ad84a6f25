import { statSync } from 'node:fs';

const POLL_MS = 500;

/** Tells one state of a file from another; undefined while there is no such file. */
export type FileMark = string | undefined;

/** The mark of the file at `path` now. Take it before reading, so that a change in between is seen afterwards. */
export function markFile(path: string): FileMark {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
}

/**
 * Calls `onChange` within half a second of the file at `path` no longer being as `seen`, and again for every later change.
 * By polling, because that also sees files replaced by a rename or behind a mounted link. A file that is gone is being
 * replaced, which is no change yet. Returns what ends it.
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
