/** How far a comparison is, as the lab's progress line says it. */
export interface LabProgress {
  readonly done: number;
  readonly of: number;
  /** Estimated time left as `m:ss`; null before the first run has ended. */
  readonly left: string | null;
  /** What is done now. */
  readonly doing: string;
}

const LINE = /(\d+)\/(\d+)(?: {2}about (\d+:\d\d) left)? {2}(.+)$/;

/** Reads one line of the lab's stderr; undefined for a line of another kind. */
export function readProgress(line: string): LabProgress | undefined {
  const [, done, of, left, doing] = /^[█░]+ /.test(line) ? (LINE.exec(line) ?? []) : [];
  if (done === undefined || of === undefined || doing === undefined) return undefined;
  return { done: Number(done), of: Number(of), left: left ?? null, doing };
}
