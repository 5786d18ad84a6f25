import { isUnknown } from '../request/reading.js';
import { type StepOutcome, worked } from './journey.js';

/** What one scenario cost the user, over all steps so far. */
export interface Ledger {
  readonly steps: number;
  readonly worked: number;
  /** Requests refused with 401 to a user whom a server had signed in. */
  readonly refused: number;
  /** Requests refused in another way: 409, 429, and 401 to somebody who was never signed in. */
  readonly failed: number;
  /** Requests without an answer, or with a 5xx: what became of login and data is unknown, which is not lost. */
  readonly unknown: number;
  readonly todosSaved: number;
  readonly todosTried: number;
  readonly reads: number;
  /** Reads that returned every acknowledged todo. */
  readonly fullReads: number;
  /** Destinations that answered. */
  readonly servers: readonly string[];
  /** Why nobody was signed in; null when somebody was. */
  readonly notSignedIn: string | null;
  /** What was out of reach, in words; null when everything answered. */
  readonly outage: string | null;
}

/** Counts what the steps cost. Todos and reads whose outcome is unknown are not counted as tried. */
export function tally(outcomes: readonly StepOutcome[]): Ledger {
  const count = (test: (outcome: StepOutcome) => boolean) => outcomes.filter(test).length;
  const servers = outcomes.map(({ servedBy }) => servedBy).filter((id) => id !== null);
  const registration = outcomes.find(({ kind }) => kind === 'register');
  const signedIn = registration === undefined || worked(registration);
  const known = outcomes.filter((outcome) => !isUnknown(outcome));
  const firstUnknown = outcomes.find(isUnknown);
  return {
    steps: outcomes.length,
    worked: count(worked),
    refused: signedIn ? count(({ status }) => status === 401) : 0,
    failed: known.filter(({ status }) => status !== null && status >= 400 && (status !== 401 || !signedIn)).length,
    unknown: count(isUnknown),
    todosTried: known.filter(({ kind }) => kind === 'add').length,
    todosSaved: count((outcome) => outcome.kind === 'add' && worked(outcome)),
    reads: known.filter(({ kind }) => kind === 'read').length,
    fullReads: count((outcome) => outcome.kind === 'read' && worked(outcome)),
    servers: [...new Set(servers)].sort(),
    notSignedIn: signedIn ? null : whyNotSignedIn(registration),
    outage: firstUnknown?.outage ?? null,
  };
}

function whyNotSignedIn(registration: StepOutcome): string {
  if (isUnknown(registration)) return 'Nobody was signed in, so no login is lost.';
  return `The registration was refused (${registration.code ?? registration.status}), so nobody was signed in.`;
}

/** The ledger in one line, worst first. */
export function verdict(ledger: Ledger): string {
  if (ledger.steps === 0) return '';
  if (ledger.worked === ledger.steps) return 'Nothing lost';
  if (ledger.notSignedIn !== null) {
    return [ledger.outage, ledger.notSignedIn].filter((part) => part !== null).join(' ');
  }
  const unsaved = ledger.todosTried - ledger.todosSaved;
  const incomplete = ledger.reads - ledger.fullReads;
  const parts = [
    ledger.refused > 0 ? `Signed out ${times(ledger.refused)}` : '',
    unsaved > 0 ? `${unsaved} of ${ledger.todosTried} todos not saved` : '',
    incomplete > 0 ? `${incomplete} of ${ledger.reads} reads incomplete` : '',
    ledger.failed > 0 ? `Failed ${times(ledger.failed)}` : '',
    ledger.outage === null ? '' : `${ledger.outage} Unknown ${times(ledger.unknown)}, which is not lost`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
