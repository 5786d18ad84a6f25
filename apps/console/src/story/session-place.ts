import { type Happening, signedOut, unreachable } from './stage.js';

/** Where the story's own session is, as the answers said it. */
export interface SessionPlace {
  /** A server that has it in its memory, or the shared store. `gone`: the server that had it has ended. `unknown`: nobody has signed in. */
  readonly at: { readonly server: string } | 'redis' | 'gone' | 'unknown';
  /** Servers that answered from their near cache. */
  readonly copies: readonly string[];
  /** The shared store does not answer: the session may be there, and nobody can tell. */
  readonly storeUnreachable: boolean;
}

const NOWHERE: SessionPlace = { at: 'unknown', copies: [], storeUnreachable: false };

/** Follows the session of one scenario through what happened. Nothing is guessed: `x-session` of the answers says where it is. */
export function sessionPlace(happenings: readonly Happening[], scenario: string): SessionPlace {
  let place = NOWHERE;
  for (const happening of happenings) {
    if (happening.kind === 'deed') place = afterDeed(place, happening);
    else if (happening.scenario === scenario && !happening.stranger) place = afterAnswer(place, happening);
  }
  return place;
}

function afterDeed(place: SessionPlace, { ends, mendsRedis }: Extract<Happening, { kind: 'deed' }>): SessionPlace {
  const { at } = place;
  const isGone = typeof at === 'object' && ends.includes(at.server);
  return {
    at: isGone ? 'gone' : at,
    copies: place.copies.filter((id) => !ends.includes(id)),
    storeUnreachable:
      mendsRedis === true ? false : place.storeUnreachable || (at === 'redis' && ends.includes('redis')),
  };
}

function afterAnswer(place: SessionPlace, { answer }: Extract<Happening, { kind: 'request' }>): SessionPlace {
  const { servedBy, session } = answer;
  if (servedBy === null || session === null || unreachable(answer) || signedOut(answer)) return place;
  const [from, outcome] = session.split(';');
  if (from === 'memory') return outcome === 'written' ? { ...place, at: { server: servedBy } } : place;
  const hasCopy = from === 'near-cache' && outcome === 'read';
  return {
    ...place,
    at: outcome === 'missing' ? place.at : 'redis',
    copies: hasCopy ? [...new Set([...place.copies, servedBy])] : place.copies,
  };
}
