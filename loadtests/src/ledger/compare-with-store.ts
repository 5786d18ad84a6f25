import type { UserLedger } from './user-ledger.js';

/** What the store itself says of the todos of one run, beside what its users were answered. */
export interface StoreComparison {
  /** Todos that an answer of the closing look showed and that none denied. */
  readonly shown: number;
  /** Those of them that the store does not hold: the ledger is wrong, or a server answered from somewhere else. */
  readonly notStored: number;
  /** Todos that an answer denied although the store holds them. */
  readonly deniedButStored: number;
  /** Todos in the store whose acknowledgement no user saw. */
  readonly unacknowledged: number;
}

/** Compares the ledgers with the todos that the store holds, each as `<user> <request>`. */
export function compareWithStore(ledgers: readonly UserLedger[], stored: ReadonlySet<string>): StoreComparison {
  const acknowledged = new Set<string>();
  let [shown, notStored, deniedButStored] = [0, 0, 0];
  for (const { user, todos, closingMs } of ledgers) {
    for (const { request, deniedMs, shownMs } of todos) {
      const name = `${user} ${request}`;
      acknowledged.add(name);
      if (deniedMs !== null) {
        if (stored.has(name)) deniedButStored++;
      } else if (closingMs !== null && (shownMs ?? -Infinity) >= closingMs) {
        shown++;
        if (!stored.has(name)) notStored++;
      }
    }
  }
  return {
    shown,
    notStored,
    deniedButStored,
    unacknowledged: [...stored].filter((name) => !acknowledged.has(name)).length,
  };
}

/** What the logs of the chat rooms say of the messages of one run, beside what their speakers were answered. */
export interface LogComparison {
  readonly acknowledged: number;
  /** Acknowledged messages that no log holds. */
  readonly notStored: number;
  /** Messages in the logs whose acknowledgement did not reach their speaker in time to count. */
  readonly unacknowledged: number;
}

/** Compares the ledgers with the messages that the logs hold, each as `<user>:<number>`. */
export function compareWithLog(ledgers: readonly UserLedger[], stored: ReadonlySet<string>): LogComparison {
  const acknowledged = new Set(ledgers.flatMap(({ chat }) => chat?.acknowledged ?? []));
  return {
    acknowledged: acknowledged.size,
    notStored: [...acknowledged].filter((message) => !stored.has(message)).length,
    unacknowledged: [...stored].filter((message) => !acknowledged.has(message)).length,
  };
}
