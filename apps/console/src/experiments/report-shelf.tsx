import { useState } from 'react';
import type { LabClient, ReportHead } from './lab-client.js';
import { VerdictList } from './verdict-list.js';

interface ReportShelfProps {
  readonly reports: readonly ReportHead[];
  readonly lab: LabClient;
}

/** Earlier reports; two of them side by side. */
export function ReportShelf({ reports, lab }: ReportShelfProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  if (reports.length === 0) return <p className="hint">There are no reports yet: run an experiment.</p>;
  const choose = (id: string, isChosen: boolean) =>
    // The third one takes the place of the first.
    setChosen((last) => (isChosen ? [...last, id].slice(-2) : last.filter((other) => other !== id)));
  return (
    <>
      <ul className="shelf">
        {reports.map((report) => (
          <li key={report.id}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(report.id)}
                onChange={(event) => choose(report.id, event.target.checked)}
              />
              <span>{titleOf(report)}</span>
            </label>
            <a href={lab.pageOf(report.id)} target="_blank" rel="noreferrer" aria-label={`Report: ${titleOf(report)}`}>
              Report
            </a>
          </li>
        ))}
      </ul>
      {chosen.length === 0 ? <p className="hint">Choose one or two to see their verdicts side by side.</p> : null}
      <div className="shelf-open">
        {chosen.map((id) => {
          const report = reports.find((each) => each.id === id);
          if (report === undefined) return null;
          return (
            <section key={id} aria-label={titleOf(report)}>
              <h3>{titleOf(report)}</h3>
              <VerdictList verdicts={report.verdicts} />
            </section>
          );
        })}
      </div>
    </>
  );
}

function titleOf({ experiments, startedAt, finished }: ReportHead): string {
  const names = experiments.map(({ name }) => name);
  const what = names.length <= 3 ? names.join(', ') : `${names.length} experiments`;
  const when = new Date(startedAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return `${what}, ${when}${finished ? '' : ', unfinished'}`;
}
