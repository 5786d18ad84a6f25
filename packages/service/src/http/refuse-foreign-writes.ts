import type { RequestHandler } from 'express';
import { Problem } from '../problem/problem.js';
import { isCrossOrigin, isSafeMethod } from './cross-origin.js';

/** The content types that any page may send to any origin without a preflight (Fetch, CORS-safelisted). */
const WITHOUT_PREFLIGHT = /^\s*(text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i;
const JSON_TYPE = /^\s*application\/json\s*(;|$)/i;

/**
 * Refuses state changes that a page of another origin makes in a user's name, recognised by the browser's own headers and by
 * content types that need no preflight. It then refuses every body that is not JSON. Pages of `allowedOrigins` pass.
 */
export function refuseForeignWrites(allowedOrigins: ReadonlySet<string>): RequestHandler {
  return (req, _res, next) => {
    if (isSafeMethod(req.method)) return next();
    if (isCrossOrigin(req.headers) && !allowedOrigins.has(req.headers.origin ?? '')) {
      return next(new Problem(403, 'cross_origin', 'Changes are only accepted from pages of this origin.'));
    }
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
    const type = req.headers['content-type'] ?? '';
    if (!hasBody || JSON_TYPE.test(type)) return next();
    if (WITHOUT_PREFLIGHT.test(type)) {
      const detail = 'Send application/json: a page of any origin can send this content type without permission.';
      return next(new Problem(403, 'forgeable_content_type', detail));
    }
    next(new Problem(415, 'unsupported_media_type', 'Send the body as application/json.'));
  };
}
