import type { ReportHead } from './lab-client.js';

const SAYS = { true: 'holds', false: 'does not hold', null: 'cannot be told' } as const;

/** Every claim of a report, whether it holds, and why. */
export function VerdictList({ verdicts }: Pick<ReportHead, 'verdicts'>) {
  if (verdicts.length === 0) return <p className="hint">No verdict yet.</p>;
  return (
    <ul className="verdicts">
      {verdicts.map(({ claim, holds, because }) => (
        <li key={claim} data-holds={String(holds)}>
          <strong>{claim}</strong>
          <span className="holds">{SAYS[`${holds}`]}</span>
          <p>{because}</p>
        </li>
      ))}
    </ul>
  );
}
