import { type StepOutcome, worked } from './journey.js';

/** What one scenario cost the user, over all steps so far. */
export interface Ledger {
  readonly steps: number;
  readonly worked: number;
  /** Requests refused with 401 by a server that did not know the login. */
  readonly refused: number;
  /** Requests that failed in another way: 5xx, 429, no answer. */
  readonly failed: number;
  readonly todosSaved: number;
  readonly todosTried: number;
  readonly reads: number;
  /** Reads that returned every acknowledged todo. */
  readonly fullReads: number;
  /** Destinations that answered. */
  readonly servers: readonly string[];
}

/** Counts what the steps cost. */
export function tally(outcomes: readonly StepOutcome[]): Ledger {
  const count = (test: (outcome: StepOutcome) => boolean) => outcomes.filter(test).length;
  const servers = outcomes.map(({ servedBy }) => servedBy).filter((id) => id !== null);
  return {
    steps: outcomes.length,
    worked: count(worked),
    refused: count(({ status }) => status === 401),
    failed: count(({ status }) => status === null || (status >= 400 && status !== 401)),
    todosTried: count(({ kind }) => kind === 'add'),
    todosSaved: count((outcome) => outcome.kind === 'add' && worked(outcome)),
    reads: count(({ kind }) => kind === 'read'),
    fullReads: count((outcome) => outcome.kind === 'read' && worked(outcome)),
    servers: [...new Set(servers)].sort(),
  };
}

/** The ledger in one line, worst first. */
export function verdict(ledger: Ledger): string {
  if (ledger.steps === 0) return '';
  if (ledger.worked === ledger.steps) return 'Nothing lost';
  if (ledger.failed === ledger.steps) return 'Every request failed';
  const unsaved = ledger.todosTried - ledger.todosSaved;
  const incomplete = ledger.reads - ledger.fullReads;
  const parts = [
    ledger.refused > 0 ? `Signed out ${times(ledger.refused)}` : '',
    unsaved > 0 ? `${unsaved} of ${ledger.todosTried} todos not saved` : '',
    incomplete > 0 ? `${incomplete} of ${ledger.reads} reads incomplete` : '',
    ledger.failed > 0 ? `Failed ${times(ledger.failed)}` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
