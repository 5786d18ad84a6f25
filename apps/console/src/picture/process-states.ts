import type { ProcessStatus } from '../admin/shapes.js';

type Seen = Pick<ProcessStatus, 'id' | 'state' | 'pid'>;

/** A process that is in another state than before, or new. */
export type StateOf = Pick<ProcessStatus, 'id' | 'state'>;

/** Its end is told by a pid that is gone. */
const OVER: ReadonlySet<ProcessStatus['state']> = new Set(['killed', 'stopped', 'crashed']);

/** The processes that are in another state than before, or another process; those that ended are left out. */
export function changedStates(before: readonly Seen[], now: readonly Seen[]): readonly StateOf[] {
  const earlier = new Map(before.map((process) => [process.id, process]));
  return now.flatMap(({ id, state, pid }) => {
    const last = earlier.get(id);
    const isSame = last?.state === state && last.pid === pid;
    return isSame || OVER.has(state) ? [] : [{ id, state }];
  });
}
