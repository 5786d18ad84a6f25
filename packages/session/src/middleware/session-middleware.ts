import type { Request, RequestHandler } from 'express';
import { explainSession } from '../http/explain-session.js';
import { holdResponse } from '../http/hold-response.js';
import { type FoundSession, findSession } from './find-session.js';
import type { SessionEngine } from './session-engine.js';
import { SessionHandle } from './session-handle.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Turns the cookie into `req.session`, and stores the changes before the response leaves. A request without a session
 * cookie, or with one we did not sign, sends nothing to the store.
 */
export function sessionMiddleware(
  engine: SessionEngine,
  attach: (req: Request, handle: SessionHandle) => void,
): RequestHandler {
  return (req, res, next) => {
    if (req.session !== undefined) return next();
    const handle = new SessionHandle(engine, req, res, next);
    attach(req, handle);
    if (engine.options.explain) explainSession(res, () => handle.explain());
    holdResponse(res, handle);
    const found = findSession(engine, req.headers.cookie, SAFE_METHODS.has(req.method));
    if (found === undefined) {
      handle.openNew();
      return next();
    }
    engine.metrics.requests += 1;
    const inProcess = !(found instanceof Promise);
    const open = (session: FoundSession) => {
      try {
        handle.open(session, inProcess);
      } catch (error) {
        // The application's own `schema.upgrade` failed.
        return next(error);
      }
      next();
    };
    if (found instanceof Promise) found.then(open, next);
    else open(found);
  };
}
