import type { Request } from 'express';
import { UnauthenticatedError } from './errors/session-error.js';
import type { Authenticated, Sessions } from './sessions.js';

// The owner is a property of the request, since a WeakMap with an entry for every request costs the garbage collector.
const OWNER = Symbol('sessions');

type Attached = { [OWNER]?: Sessions };

/** Remembers which `Sessions` handled the request. Called by each middleware. */
export function attachSessions(req: object, sessions: Sessions): void {
  (req as Attached)[OWNER] = sessions;
}

/** The live, logged-in session of a request that passed a session middleware, or null. */
export function currentSession(req: Request): Authenticated | null {
  return (req as Attached)[OWNER]?.current(req) ?? null;
}

/** The reason why `currentSession` is null, as the 401 to answer with. */
export function refusalOf(req: Request): UnauthenticatedError {
  return (req as Attached)[OWNER]?.refusal(req) ?? new UnauthenticatedError();
}
