import { useEffect, useRef, useState } from 'react';
import type { AdminClient } from '../admin/admin-client.js';
import { useTopology } from '../admin/use-topology.js';
import { type ScenarioCard, scenarioCard } from '../scenario/catalogue.js';
import { STORY } from './steps/index.js';
import { StoryFrame } from './story-frame.js';
import { StoryScene } from './story-scene.js';
import { StoryTrack } from './story-track.js';
import { type StoryPhase, useStory } from './use-story.js';
import './story.css';

interface StoryPageProps {
  readonly admin: AdminClient;
  readonly catalogue: readonly ScenarioCard[];
  /** The step that is shown first, from 0. */
  readonly firstIndex: number;
}

/** The story: ten steps, each done on the real system and told in two sentences. One key, Enter, plays it from the first to the last. */
export function StoryPage({ admin, catalogue, firstIndex }: StoryPageProps) {
  const { state, play, show, cleanUp, channels } = useStory(admin, firstIndex);
  const topology = useTopology(admin);
  const [trouble, setTrouble] = useState<string | null>(null);
  const primary = useRef<HTMLButtonElement>(null);
  const { index, phase, happenings, outcome } = state;
  const step = STORY[index] ?? STORY[0];
  const busy = phase === 'preparing' || phase === 'running' || phase === 'mending';
  const isLast = index === STORY.length - 1;

  const end = async () => {
    if (busy) return;
    const why = await cleanUp();
    if (why === null) window.location.assign('/');
    else setTrouble(why);
  };
  const advance = () => {
    if (busy) return;
    if (phase !== 'told') void play(index);
    else if (isLast) void end();
    else show(index + 1);
  };
  useStoryKeys({ next: advance, previous: () => show(index - 1), end: () => void end() });
  useEffect(() => primary.current?.focus(), []);
  useEffect(() => window.history.replaceState(null, '', `?story=${index + 1}`), [index]);
  if (step === undefined) return null;
  return (
    <main className="story">
      <header className="story-header">
        <nav aria-label="Steps">
          <ol className="story-steps">
            {STORY.map(({ title }, n) => (
              <li key={title}>
                <button
                  type="button"
                  aria-current={n === index ? 'step' : undefined}
                  aria-label={`Step ${n + 1}: ${title}`}
                  onClick={() => show(n)}
                >
                  {n + 1}
                </button>
              </li>
            ))}
          </ol>
        </nav>
        <button type="button" className="story-end" onClick={() => void end()}>
          End the story
        </button>
      </header>
      <div className="story-words">
        <h1>
          <span className="story-number">{index + 1}</span> {step.title}
        </h1>
        <p className="story-sentence">{step.does}</p>
        <p className="story-sentence story-outcome" role="status" data-phase={phase}>
          {outcome ?? WAITING[phase]}
        </p>
        <p className="story-actions">
          <button type="button" className="primary" ref={primary} aria-disabled={busy} onClick={advance}>
            {labelOf(phase, isLast)}
          </button>
          {phase === 'told' ? (
            <button
              type="button"
              onClick={() => {
                // This button goes away.
                primary.current?.focus();
                void play(index);
              }}
            >
              Play it again
            </button>
          ) : null}
        </p>
        {trouble === null ? null : (
          <p className="complaint" role="alert">
            {trouble}
          </p>
        )}
      </div>
      <StoryScene
        cards={step.scenarios.map((name) => scenarioCard(name, catalogue))}
        topology={topology}
        happenings={happenings}
      />
      <StoryTrack happenings={happenings} />
      <p className="story-help">
        <kbd>Enter</kbd> or <kbd>→</kbd> plays and goes on · <kbd>←</kbd> goes back · <kbd>Esc</kbd> ends the story
      </p>
      {step.scenarios.map((scenario) => (
        <StoryFrame key={scenario} scenario={scenario} channels={channels} />
      ))}
    </main>
  );
}

const WAITING: Readonly<Record<StoryPhase, string>> = {
  ready: '',
  preparing: 'Getting the servers ready …',
  running: '…',
  told: '',
  stopped: '',
  mending: 'Starting again what the story ended …',
};

function labelOf(phase: StoryPhase, isLast: boolean): string {
  switch (phase) {
    case 'ready':
      return 'Play this step';
    case 'stopped':
      return 'Try again';
    case 'told':
      return isLast ? 'End the story' : 'Next step';
    case 'preparing':
    case 'running':
      return 'Playing …';
    case 'mending':
      return 'Cleaning up …';
  }
}

/** Arrows and the keys of a presenter's remote control; Enter and Space press the focused button by themselves. */
function useStoryKeys(act: { readonly next: () => void; readonly previous: () => void; readonly end: () => void }) {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      // There the arrows scroll.
      if (event.target instanceof Element && event.target.closest('.story-track') !== null) return;
      if (event.key === 'ArrowRight' || event.key === 'PageDown') latest.current.next();
      else if (event.key === 'ArrowLeft' || event.key === 'PageUp') latest.current.previous();
      else if (event.key === 'Escape') latest.current.end();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
