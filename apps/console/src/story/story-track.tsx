import { useEffect, useRef } from 'react';
import { replicaColour, replicaNumber } from '../request/replica.js';
import { type Happening, worked } from './stage.js';

/** What happened so far: one cell a request, with the server that took it, and what was done in between. */
export function StoryTrack({ happenings }: { readonly happenings: readonly Happening[] }) {
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when something happened
  useEffect(() => {
    list.current?.scrollTo({ left: list.current.scrollWidth });
  }, [happenings.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard too
    <ol className="story-track" aria-label="What happened" ref={list} tabIndex={0}>
      {happenings.map((happening, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a happening is its place in the step
        <TrackItem key={index} happening={happening} />
      ))}
    </ol>
  );
}

function TrackItem({ happening }: { readonly happening: Happening }) {
  if (happening.kind === 'deed') {
    return (
      <li className="story-deed" data-ends={happening.ends.length > 0 && happening.mendsRedis !== true}>
        {happening.text}
      </li>
    );
  }
  const { answer, label, stranger } = happening;
  const good = worked(answer);
  return (
    <li
      className="cell"
      data-server={replicaColour(answer.servedBy)}
      data-outcome={good ? 'ok' : 'lost'}
      title={titleOf(happening)}
    >
      <span className="cell-server">
        {replicaNumber(answer.servedBy) ?? '–'}
        {good ? null : <span className="cell-status">{answer.status ?? '×'}</span>}
      </span>
      <span className="cell-label">{stranger ? 'colleague' : label}</span>
    </li>
  );
}

function titleOf({ label, scenario, answer }: Extract<Happening, { kind: 'request' }>): string {
  const { status, code, servedBy, reason, session } = answer;
  const parts = [`${label} in ${scenario}`, status ?? 'no answer', code, servedBy, reason, session];
  return parts.filter((part) => part !== null).join(' · ');
}
