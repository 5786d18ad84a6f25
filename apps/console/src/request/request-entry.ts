import type { RouteNote } from './route-note.js';

/** One request as the log shows it. */
export interface RequestEntry {
  readonly id: number;
  /** Wall-clock milliseconds when it was sent. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Null when there was no answer at all. */
  readonly status: number | null;
  /** `code` of the problem, for an answer that is one. */
  readonly code: string | null;
  readonly servedBy: string | null;
  readonly route: RouteNote | null;
  /** `x-session`: where the session was looked for, and the outcome; null where the server does not say. */
  readonly session: string | null;
  /** `x-session-key`: the session's key in Redis, where its store has one to tell. */
  readonly sessionKey: string | null;
  readonly durationMs: number;
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
