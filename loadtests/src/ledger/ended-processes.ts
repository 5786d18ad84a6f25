/** A process of the system that runs an arm: `todo-2` is part of `server-2`, `redis-1` of `redis`. */
export interface PartProcess {
  readonly id: string;
  /** `server-2`, or a store or the gateway by the name of its app. */
  readonly part: string;
  readonly pid: number;
}

/** One sentence about processes that were there before a run and not after it, without those of parts that a disturbance ended; undefined for none. */
export function endedUnplanned(
  before: readonly PartProcess[],
  after: readonly PartProcess[],
  planned: ReadonlySet<string>,
): string | undefined {
  const pids = new Set(after.map(({ pid }) => pid));
  const ended = before.filter(({ part, pid }) => !planned.has(part) && !pids.has(pid));
  if (ended.length === 0) return undefined;
  const names = ended.map(({ id, pid }) => `${id} (process ${pid})`).join(', ');
  return `${names} ended during the run, and no disturbance was to end it`;
}
