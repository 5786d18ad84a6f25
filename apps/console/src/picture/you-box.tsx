import { BrowserLevers } from './browser-levers.js';
import type { PictureSide } from './picture-side.js';
import type { SessionObject } from './session-object.js';
import { lifeText, placeText } from './session-text.js';
import type { LeverPlace } from './use-levers.js';

interface YouBoxProps extends PictureSide {
  readonly session: SessionObject;
  /** Null where the scenario has none. */
  readonly affinityCookie: string | null;
  /** Whether what has the session can be reached; null: unknown. */
  readonly answers: boolean | null;
  readonly levers: LeverPlace;
}

/** One browser: who is signed in, where the session is, and what the affinity cookie says. */
export function YouBox({ label, card, session, affinityCookie, answers, prepare, levers }: YouBoxProps) {
  const isThere = session.end === null && session.place.at !== 'unknown' && session.place.at !== 'gone';
  return (
    <li className="picture-box picture-you" data-wire={`you/${card.name}`}>
      <span>
        <strong>You</strong>, {label.toLowerCase()}
        {session.owner === null ? '' : `: ${session.owner}`}
      </span>
      <span role="status">{placeText(session, answers)}</span>
      {isThere ? <span className="picture-facts">{lifeText(session, Date.now())}</span> : null}
      {affinityCookie === null ? null : (
        <span className="picture-facts">
          Cookie <code>{affinityCookie}</code>: {boundText(session.bound)}
        </span>
      )}
      <BrowserLevers
        whose={label.toLowerCase()}
        scenario={card.name}
        hasAffinity={affinityCookie !== null}
        prepare={prepare}
        levers={levers}
      />
    </li>
  );
}

function boundText(bound: SessionObject['bound']): string {
  if (bound === null) return 'unknown until the next answer';
  return bound.length === 0 ? 'none seen' : bound.join(', ');
}
