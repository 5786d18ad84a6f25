import type { ActorAnswer } from './actor/actor-messages.js';
import { type Happening, signedOut, unreachable } from './stage.js';

/** Where the story's own session is, as the answers said it. */
export interface SessionPlace {
  /** A server that has it in its memory, or the store that all servers share. `gone`: the server that had it has ended. `unknown`: nobody has signed in. */
  readonly at: { readonly server: string } | 'redis' | 'memcached' | 'gone' | 'unknown';
  /** Servers that answered from their near cache since the session was last written: Redis invalidates copies at a write. */
  readonly copies: readonly string[];
  /** The shared store does not answer: the session may be there, and nobody can tell. */
  readonly storeUnreachable: boolean;
}

/** Nobody has signed in. */
export const NOWHERE: SessionPlace = { at: 'unknown', copies: [], storeUnreachable: false };

/** Follows the session of one scenario through what happened. Nothing is guessed: `x-session` of the answers says where it is. */
export function sessionPlace(happenings: readonly Happening[], scenario: string): SessionPlace {
  return happenings.reduce((place, happening) => {
    if (happening.kind === 'deed') return afterDeed(place, happening);
    return happening.scenario === scenario && !happening.stranger ? afterAnswer(place, happening.answer) : place;
  }, NOWHERE);
}

/** The place after processes ended, and what they had in memory with them. */
export function afterDeed(
  place: SessionPlace,
  { ends, mendsRedis }: Pick<Extract<Happening, { kind: 'deed' }>, 'ends' | 'mendsRedis'>,
): SessionPlace {
  const { at } = place;
  const isGone = typeof at === 'object' && ends.includes(at.server);
  return {
    at: isGone ? 'gone' : at,
    copies: place.copies.filter((id) => !ends.includes(id)),
    storeUnreachable:
      mendsRedis === true ? false : place.storeUnreachable || (at === 'redis' && ends.includes('redis')),
  };
}

/** The place after a request was answered, as the answer says it. */
export function afterAnswer(
  place: SessionPlace,
  answer: Pick<ActorAnswer, 'status' | 'servedBy' | 'session'>,
): SessionPlace {
  const { servedBy, session } = answer;
  if (servedBy === null || session === null || unreachable(answer) || signedOut(answer)) return place;
  const [from, outcome] = session.split(';');
  if (from === 'memory') return outcome === 'written' ? { ...place, at: { server: servedBy } } : place;
  const hasCopy = from === 'near-cache' && outcome === 'read';
  return {
    ...place,
    at: outcome === 'missing' ? place.at : from === 'memcached' ? 'memcached' : 'redis',
    copies: outcome === 'written' ? [] : hasCopy ? [...new Set([...place.copies, servedBy])] : place.copies,
  };
}
