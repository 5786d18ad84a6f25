import type { Request } from 'express';
import type { Authenticated, Sessions } from './sessions.js';

const owners = new WeakMap<object, Sessions>();

/** Remembers which `Sessions` handled the request. Called by each middleware. */
export function attachSessions(req: object, sessions: Sessions): void {
  owners.set(req, sessions);
}

/** The live, logged-in session of a request that passed a session middleware, or null. */
export function currentSession(req: Request): Authenticated | null {
  return owners.get(req)?.current(req) ?? null;
}
