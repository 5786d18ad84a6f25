/**
 * One request of a user: its purpose, its intended time, the times it was sent and answered (milliseconds after the start), the
 * answering server, the status (0: no answer), the outcome, and the number of acknowledged todos that the answered list lacked.
 * Requests that follow from an answer (a login after a 401, a further try) have no intended time: -1.
 */
export type RequestRecord = readonly [
  what: string,
  intendedMs: number,
  sentMs: number,
  endMs: number,
  server: string,
  status: number,
  outcome: Outcome,
  missing: number,
];

/** `out`: a 401 to a user with a confirmed login. `refused`: a 401 to one without. `failed`: no answer or a 5xx. `wrong`: answered as another user. `passed`: an answer that says nothing about the login. */
export type Outcome = 'ok' | 'out' | 'refused' | 'failed' | 'denied' | 'wrong' | 'passed';

/**
 * An acknowledged todo: the times of the acknowledgement, of a later answer that denied it, and of the newest request whose answer
 * showed it (null: never), and the place of its request among the user's, by which the store is asked for it.
 */
export type TodoRecord = [acknowledgedMs: number, deniedMs: number | null, shownMs: number | null, request: number];

/** The requests of one virtual user and their answers. Printed as one JSON line when its journey ends. */
export interface UserLedger {
  readonly user: number;
  readonly requests: RequestRecord[];
  readonly todos: TodoRecord[];
  chatSent: number;
  chatDelivered: number;
  /** The time at which the user had signed in and said its one thing, and was free for its first step, milliseconds after the start. */
  readyMs: number;
  /** The beginning of the closing look, milliseconds after the start; null before. */
  closingMs: number | null;
}

export function newLedger(user: number): UserLedger {
  return { user, requests: [], todos: [], chatSent: 0, chatDelivered: 0, readyMs: 0, closingMs: null };
}
