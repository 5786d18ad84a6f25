import type { RequestRecord, UserLedger } from '../ledger/user-ledger.js';
import type { Observed } from './measure.js';

/**
 * The user's requests that were answered within the window. Requests intended in the last window belong to it even if their answers
 * came later: otherwise the slowest requests, and those that timed out, would be left out. The closing look is not part of it.
 */
export function inWindow(ledger: UserLedger, { fromMs, untilMs, deniedUntilMs }: Observed): RequestRecord[] {
  return ledger.requests.filter(
    ({ intendedMs, endMs }) => endMs >= fromMs && endMs < (intendedMs === undefined ? untilMs : deniedUntilMs),
  );
}

/** Whether the user had a confirmed login at that time, by its newest answer before it. */
export function isLoggedInAt(ledger: UserLedger, ms: number): boolean {
  const answers = ledger.requests.filter(
    ({ endMs, outcome }) => endMs < ms && !['failed', 'denied', 'passed'].includes(outcome),
  );
  return answers.at(-1)?.outcome === 'ok';
}

/** The user's todos that were acknowledged before the window ends and not denied before it begins. */
export function todosAt({ todos }: UserLedger, { fromMs, untilMs }: Observed): UserLedger['todos'] {
  return todos.filter(({ acknowledgedMs, deniedMs }) => acknowledgedMs < untilMs && (deniedMs ?? Infinity) >= fromMs);
}

/** The value of all users, and also those of bound and of unbound users if users are bound. */
export function bySubset<T>(
  name: string,
  { ledgers, bound }: Observed,
  count: (ledgers: readonly UserLedger[]) => T,
): Record<string, T> {
  if (bound === undefined) return { [name]: count(ledgers) };
  return {
    [name]: count(ledgers),
    [`${name}.bound`]: count(ledgers.filter(({ user }) => bound.has(user))),
    [`${name}.unbound`]: count(ledgers.filter(({ user }) => !bound.has(user))),
  };
}

/** The value below which this part of the sorted values lies (nearest rank); 0 for none. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

/** Milliseconds from the intended time to the end of the answer, sorted; requests that were not intended beforehand are left out. */
export function latencies(requests: readonly RequestRecord[]): number[] {
  const ms = requests.flatMap(({ intendedMs, endMs }) => (intendedMs === undefined ? [] : [endMs - intendedMs]));
  return ms.sort((a, b) => a - b);
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
