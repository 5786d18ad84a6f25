import { useMemo, useRef, useState } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import { type Experiment, LabClient, type LabRun } from './lab-client.js';
import { ReportShelf } from './report-shelf.js';
import { RunChart } from './run-chart.js';
import { newestSeconds } from './run-seconds.js';
import { RunTable } from './run-table.js';
import { useLab } from './use-lab.js';
import { VerdictList } from './verdict-list.js';
import './experiments.css';

interface ExperimentsPageProps {
  readonly admin: AdminClient;
  readonly adminUrl: string;
}

/** Runs an experiment of the lab from the page, shows what it counts while it runs, and keeps the earlier reports at hand. */
export function ExperimentsPage({ admin, adminUrl }: ExperimentsPageProps) {
  const client = useMemo(() => new LabClient(admin, adminUrl), [admin, adminUrl]);
  const lab = useLab(client);
  const [name, setName] = useState('crash');
  const button = useRef<HTMLButtonElement>(null);
  const chosen = lab.experiments.find((experiment) => experiment.name === name);
  return (
    <main className="experiments">
      <header className="experiments-header">
        <h1>Experiments</h1>
        <nav aria-label="Pages">
          <a href="/">Comparison</a>
          <a href="?story=1">Story</a>
        </nav>
      </header>
      <section className="choose" aria-label="Run an experiment">
        <label>
          <span>Experiment</span>
          <select value={name} disabled={lab.isRunning} onChange={(event) => setName(event.target.value)}>
            {(['quick', 'standard', 'deep'] as const).map((set) => (
              <optgroup key={set} label={`${set} set`}>
                {lab.experiments.filter((each) => each.set === set).map(Option)}
              </optgroup>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="primary"
          ref={button}
          aria-disabled={lab.run?.state === 'stopping' || chosen === undefined}
          onClick={() => void (lab.isRunning ? lab.stop() : chosen && lab.start(chosen.name))}
        >
          {lab.isRunning ? (lab.run?.state === 'stopping' ? 'Stopping …' : 'Stop it') : 'Run it'}
        </button>
        <p className="question">{chosen?.question}</p>
        <p className="hint">
          Real k6 users on servers of their own, one block. It shares this machine with what runs already, so trust{' '}
          <code>npm run compare</code> on a quiet machine for figures.
        </p>
      </section>
      {lab.trouble === null ? null : (
        <p className="complaint" role="alert">
          {lab.trouble}
        </p>
      )}
      {lab.run === null ? null : <RunningExperiment run={lab.run} client={client} />}
      <section aria-labelledby="earlier">
        <h2 id="earlier">Earlier reports</h2>
        <ReportShelf reports={lab.reports} lab={client} />
      </section>
    </main>
  );
}

function Option({ name }: Experiment) {
  return <option key={name}>{name}</option>;
}

const STATE_SAYS: Readonly<Record<LabRun['state'], string>> = {
  running: 'runs',
  stopping: 'is being stopped',
  done: 'is done',
  stopped: 'was stopped',
  failed: 'failed',
};

function RunningExperiment({ run, client }: { readonly run: LabRun; readonly client: LabClient }) {
  const { experiment, state, progress, lines, live, report } = run;
  const finished = report?.runs ?? [];
  const newest = newestSeconds(finished);
  const drawn = live ?? newest;
  return (
    <section className="running" aria-labelledby="running" data-state={state}>
      <h2 id="running">
        <code>{experiment}</code> {STATE_SAYS[state]}
      </h2>
      <p role="status">{progressSentence(run)}</p>
      {progress === null ? null : <progress max={progress.of} value={progress.done} aria-label="Finished runs" />}
      {state === 'failed' ? <pre className="lab-lines">{lines.join('\n')}</pre> : null}
      {drawn === undefined ? null : (
        <RunChart {...drawn}>{live === null ? `The last run, ${newest?.arm}` : 'This run so far'}</RunChart>
      )}
      {drawn === undefined && finished.length > 0 ? <p className="hint">These runs have no seconds to draw.</p> : null}
      {finished.length === 0 ? null : <RunTable runs={finished} />}
      {report === null || state === 'running' || state === 'stopping' ? null : (
        <>
          <h3>Verdict</h3>
          <VerdictList verdicts={report.verdicts} />
          <p>
            <a href={client.pageOf(report.id)} target="_blank" rel="noreferrer">
              The report with pictures and intervals
            </a>
          </p>
        </>
      )}
    </section>
  );
}

function progressSentence({ state, progress, lines }: LabRun): string {
  if (state !== 'running' && state !== 'stopping') return '';
  if (progress === null) return lines.at(-1) ?? 'Getting ready: k6 and the servers of the experiment start.';
  const left = progress.left === null ? '' : `, about ${progress.left} left`;
  return `${progress.done} of ${progress.of} runs${left}: ${progress.doing}`;
}
