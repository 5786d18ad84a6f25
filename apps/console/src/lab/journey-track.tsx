import type { JourneyStep, StepOutcome } from '../journey/journey.js';
import { worked } from '../journey/journey.js';
import { tally, verdict } from '../journey/ledger.js';
import { replicaColour, replicaNumber } from '../request/replica.js';

const LABELS: Readonly<Record<JourneyStep['kind'], string>> = { register: 'sign up', add: 'add', read: 'read' };

interface JourneyTrackProps {
  readonly steps: readonly JourneyStep[];
  readonly outcomes: readonly StepOutcome[];
}

/** The same steps on both sides, one cell each: which server took it and whether the user got what they asked for. */
export function JourneyTrack({ steps, outcomes }: JourneyTrackProps) {
  const ledger = tally(outcomes);
  const lost = ledger.steps - ledger.worked;
  return (
    <div className="journey" data-lost={lost > 0}>
      <ol className="track" aria-label="Steps">
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the journey
          <TrackCell key={index} step={step} outcome={outcomes[index]} />
        ))}
      </ol>
      {ledger.steps === 0 ? null : (
        <p className="score" data-testid="score">
          <strong>{ledger.worked}</strong>
          <span>of {steps.length} worked</span>
        </p>
      )}
      <p className="verdict" role="status">
        {ledger.steps === 0 ? 'Not run yet' : verdict(ledger)}
      </p>
    </div>
  );
}

function TrackCell({ step, outcome }: { readonly step: JourneyStep; readonly outcome: StepOutcome | undefined }) {
  if (outcome === undefined) {
    return (
      <li className="cell" data-server="0" data-outcome="waiting">
        <span className="cell-server" />
        <span className="cell-label">{LABELS[step.kind]}</span>
      </li>
    );
  }
  return (
    <li className="cell" data-server={replicaColour(outcome.servedBy)} data-outcome={worked(outcome) ? 'ok' : 'lost'}>
      <span className="cell-server">
        {replicaNumber(outcome.servedBy) ?? '–'}
        {worked(outcome) ? null : <span className="cell-status">{cellStatus(outcome)}</span>}
      </span>
      <span className="cell-label">{LABELS[step.kind]}</span>
    </li>
  );
}

function cellStatus({ status, missingTodos }: StepOutcome): string {
  if (status === null) return '×';
  return status < 400 ? `−${missingTodos}` : String(status);
}
