import type { Exchange } from '@holdfast/client';

/** One request as the log shows it. */
export interface RequestEntry extends Exchange {
  readonly id: number;
}

/** How a request ended, for the eye: refused is a login the server does not know. */
export type RequestOutcome = 'ok' | 'refused' | 'failed';

export function outcomeOf({ status }: Pick<RequestEntry, 'status'>): RequestOutcome {
  if (status === 401) return 'refused';
  return status !== null && status < 400 ? 'ok' : 'failed';
}

/** The log with `entry` in front, newest first, bounded. */
export function withEntry(log: readonly RequestEntry[], entry: RequestEntry, limit = 200): readonly RequestEntry[] {
  return [entry, ...log].slice(0, limit);
}
