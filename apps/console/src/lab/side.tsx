import type { RefObject } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import type { DecisionFeed } from '../admin/decision-feed.js';
import type { Topology } from '../admin/use-topology.js';
import type { JourneyStep, StepOutcome } from '../journey/journey.js';
import type { Counts } from '../picture/picture-lane.js';
import type { LeverPlace } from '../picture/use-levers.js';
import { frameOrigin } from '../place.js';
import type { ScenarioCard } from '../scenario/catalogue.js';
import { JourneyTrack } from './journey-track.js';
import { TopologyStrip } from './topology-strip.js';

interface SideProps {
  readonly card: ScenarioCard;
  /** The scenario of the other side. */
  readonly other: string;
  readonly catalogue: readonly ScenarioCard[];
  readonly label: string;
  /** While steps run, the scenarios stay as they are. */
  readonly fixed: boolean;
  readonly onChoose: (name: string) => void;
  readonly frame: RefObject<HTMLIFrameElement | null>;
  /** The frame is loaded after the page's first view of the system, which is shown sooner without it. */
  readonly opened: boolean;
  readonly steps: readonly JourneyStep[];
  readonly outcomes: readonly StepOutcome[];
  readonly topology: Topology;
  readonly admin: AdminClient;
  readonly feed: DecisionFeed;
  /** The sessions that servers have. */
  readonly counts: Counts;
  readonly levers: LeverPlace;
}

/** One scenario: its choice, its losses, its servers, and its client in a same-site frame. */
export function Side(props: SideProps) {
  const { card, other, catalogue, label, fixed, onChoose, frame, opened, steps, outcomes, ...servers } = props;
  const scenario = card.name;
  return (
    <section className="side" aria-label={`${label}: ${scenario}`}>
      <header className="side-header">
        <select
          aria-label={`${label} scenario`}
          value={scenario}
          disabled={fixed}
          onChange={(event) => onChoose(event.target.value)}
        >
          {catalogue.map(({ name, routing, state }) => (
            <option key={name} value={name} disabled={name === other}>
              {routing} × {state}
            </option>
          ))}
        </select>
        <code>{scenario}</code>
        <p>{card.story}</p>
      </header>
      <JourneyTrack steps={steps} outcomes={outcomes} />
      <TopologyStrip {...servers} card={card} />
      <iframe
        key={scenario}
        ref={frame}
        className="frame"
        title={scenario}
        src={opened ? `${frameOrigin(scenario, window.location.port)}/` : undefined}
      />
    </section>
  );
}
