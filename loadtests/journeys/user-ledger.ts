/** What one virtual user did and what it lost. Printed as one JSON line when its journey ends. */
export interface UserLedger {
  readonly user: number;
  /** Whether a login was ever confirmed. */
  loggedIn: boolean;
  /** How much longer than intended the longest pause took, in milliseconds: the generator's fault, not the server's. */
  lateMs: number;
  requests: number;
  failedReads: number;
  failedWrites: number;
  /** How often a request with a confirmed login got 401. */
  loggedOut: number;
  todosAcknowledged: number;
  todosLost: number;
  chatSent: number;
  chatDelivered: number;
  /** Answers per destination, by `x-served-by`. */
  readonly servedBy: Record<string, number>;
  /** Times of trouble (failed or logged out), milliseconds since the epoch. */
  readonly troubleAtMs: number[];
}

export function newLedger(user: number): UserLedger {
  return {
    user,
    loggedIn: false,
    lateMs: 0,
    requests: 0,
    failedReads: 0,
    failedWrites: 0,
    loggedOut: 0,
    todosAcknowledged: 0,
    todosLost: 0,
    chatSent: 0,
    chatDelivered: 0,
    servedBy: {},
    troubleAtMs: [],
  };
}
