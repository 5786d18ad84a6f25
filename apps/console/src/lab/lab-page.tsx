import { type CSSProperties, lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { AdminClient } from '../admin/admin-client.js';
import { DecisionFeed } from '../admin/decision-feed.js';
import { type Topology, useTopology } from '../admin/use-topology.js';
import { useLevers } from '../picture/use-levers.js';
import { useSessionCounts } from '../picture/use-session-counts.js';
import { type ScenarioCard, scenarioCard } from '../scenario/catalogue.js';
import { choiceFromQuery, queryFromChoice, type ScenarioChoice } from '../scenario/scenario-choice.js';
import { ActiveScenario } from './active-scenario.js';
import { useServerNews } from './server-news.js';
import { Side } from './side.js';
import { upstreamsOf } from './topology.js';
import { useComparison } from './use-comparison.js';

/** No part of the first load: it is loaded when the steps can be run, or when that takes long. */
const Picture = lazy(() => import('../picture/picture.js'));

const PICTURE_WAIT_MS = 4_000;

interface LabPageProps {
  readonly adminUrl: string;
  /** Every scenario there is. */
  readonly catalogue: readonly ScenarioCard[];
}

/** The comparison: two scenarios side by side, given the same steps. */
export function LabPage({ adminUrl, catalogue }: LabPageProps) {
  const admin = useMemo(() => new AdminClient(adminUrl), [adminUrl]);
  const feed = useMemo(() => new DecisionFeed(), []);
  const topology = useTopology(admin);
  const names = catalogue.map(({ name }) => name);
  const [asked] = useState(() => choiceFromQuery(window.location.search, names));
  const [choice, setChoice] = useState(asked.choice);
  const comparison = useComparison(choice);
  useEffect(() => feed.connect(admin), [feed, admin]);
  useServerNews([choice.left, choice.right], topology, comparison.tellOf);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PICTURE_WAIT_MS);
    return () => clearTimeout(timer);
  }, []);

  const choose = (next: ScenarioChoice) => {
    setChoice(next);
    window.history.replaceState(null, '', queryFromChoice(next));
  };
  const levers = useLevers(comparison.count);
  const counted = [choice.left, choice.right].flatMap((name) => upstreamsOf(name, topology.upstreams));
  const counts = useSessionCounts(admin, comparison.ready ? counted.map(({ name }) => name) : []);
  const idle = comparison.ready && !comparison.running;
  // Shown with their servers' rows, which would push everything below them down.
  const known = topology.upstreams.length > 0 || topology.trouble !== null;
  const { running: fixed, progress } = comparison;
  const shared = { fixed, steps: progress.steps, topology, admin, feed, catalogue, counts, opened: known };
  const room = { '--rows': pictureRows([choice.left, choice.right], topology) } as CSSProperties;
  return (
    <main className="lab">
      <header className="masthead">
        <h1>
          <Wordmark />
          <span>Where should session state live?</span>
        </h1>
        <div className="masthead-actions">
          <a className="button" href="?story=1">
            Story
          </a>
          <a className="button" href="?experiments">
            Experiments
          </a>
          {comparison.started ? (
            <button type="button" disabled={!idle} onClick={() => void comparison.readAgain()}>
              Read six times more
            </button>
          ) : null}
          <button type="button" className="primary" disabled={!idle} onClick={() => void comparison.runJourney()}>
            {comparison.running ? 'Running…' : 'Run the same steps in both'}
          </button>
        </div>
        {asked.complaint === null ? null : (
          <p className="complaint" role="alert">
            {asked.complaint}
          </p>
        )}
      </header>
      <div className="picture-place" style={room}>
        {known && (comparison.ready || late) ? (
          <Suspense>
            <Picture
              sides={[
                {
                  label: 'Left',
                  card: scenarioCard(choice.left, catalogue),
                  asked: comparison.asked.left,
                  cookieChangedAt: comparison.cookieChangedAt.left,
                  prepare: (change) => comparison.prepare('left', change),
                },
                {
                  label: 'Right',
                  card: scenarioCard(choice.right, catalogue),
                  asked: comparison.asked.right,
                  cookieChangedAt: comparison.cookieChangedAt.right,
                  prepare: (change) => comparison.prepare('right', change),
                },
              ]}
              topology={topology}
              admin={admin}
              feed={feed}
              counts={counts}
              levers={levers.at('picture')}
              pulled={levers.pulled}
            />
          </Suspense>
        ) : null}
      </div>
      <div className="sides" data-known={known}>
        <Side
          {...shared}
          label="Left"
          card={scenarioCard(choice.left, catalogue)}
          other={choice.right}
          onChoose={(left) => choose({ ...choice, left })}
          frame={comparison.frames.left}
          outcomes={comparison.progress.outcomes.left}
          levers={levers.at('left')}
        />
        <Side
          {...shared}
          label="Right"
          card={scenarioCard(choice.right, catalogue)}
          other={choice.left}
          onChoose={(right) => choose({ ...choice, right })}
          frame={comparison.frames.right}
          outcomes={comparison.progress.outcomes.right}
          levers={levers.at('right')}
        />
      </div>
      <ActiveScenario admin={admin} levers={levers.at('footer')} />
    </main>
  );
}

/** How many boxes high the picture's servers are: those of a lone app stand beside each other, those of several below each other. */
function pictureRows(scenarios: readonly string[], { upstreams }: Topology): number {
  const rows = scenarios.map((scenario) => {
    const counts = upstreamsOf(scenario, upstreams).map(({ destinations }) => destinations.length);
    return counts.length > 1 ? Math.max(...counts) : 1;
  });
  return rows.reduce((sum, count) => sum + count, 0);
}

function Wordmark() {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
        <path d="M12 2v10" />
        <path data-server="1" d="M12 11c0 5-3 6-8 11" />
        <path data-server="2" d="M12 11v11" />
        <path data-server="3" d="M12 11c0 5 3 6 8 11" />
      </svg>
      Holdfast
    </span>
  );
}
