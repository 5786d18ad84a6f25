import type { Run } from '../results/results.js';

/** An app that is not ours has no todos: it acknowledges writes. */
export function asWrites(counted: Run['counted']): Run['counted'] {
  return Object.fromEntries(
    Object.entries(counted).map(([name, value]) => [name.replace(/^todos(Lost|Missing)/, 'writes$1'), value]),
  );
}
