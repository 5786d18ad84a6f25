import type { Request, RequestHandler } from 'express';
import { readSid } from '../cookie/session-cookie.js';
import type { Lookup } from '../store/session-record.js';
import { holdResponse } from './hold-response.js';
import type { SessionEngine } from './session-engine.js';
import { SessionHandle } from './session-handle.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Cookie → `req.session`, and the changes back to the store before the response leaves. A request without a session
 * cookie, or with one we did not sign, asks the store nothing.
 */
export function sessionMiddleware(
  engine: SessionEngine,
  attach: (req: Request, handle: SessionHandle) => void,
): RequestHandler {
  return (req, res, next) => {
    if (req.session !== undefined) return next();
    const handle = new SessionHandle(engine, req, res, next);
    attach(req, handle);
    holdResponse(res, handle);
    const sid = readSid(req.headers.cookie, engine.options);
    if (sid === undefined) {
      handle.openNew();
      return next();
    }
    engine.metrics.requests += 1;
    const key = engine.keys.session(sid);
    const open = (found: Lookup) => {
      try {
        handle.open(sid, key, found);
      } catch (error) {
        // The application's own `schema.upgrade` failed.
        return next(error);
      }
      next();
    };
    const found = engine.reader.read(key, SAFE_METHODS.has(req.method));
    if (found instanceof Promise) found.then(open, next);
    else open(found);
  };
}
