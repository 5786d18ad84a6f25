import express, { type RequestHandler } from 'express';
import { Problem } from '../problem/problem.js';

/** Largest accepted body. */
const MAX_BODY_BYTES = 64 * 1024;

// Compressed bodies are refused: a body this small needs no compression, and a small one can unpack to any size.
const parse = express.json({ limit: MAX_BODY_BYTES, inflate: false, type: 'application/json' });

/** Reads a JSON body of at most 64 KB into `req.body`; each kind of failure has its own problem. */
export const jsonBody: RequestHandler = (req, res, next) => {
  parse(req, res, (error?: unknown) => next(error === undefined ? undefined : asProblem(error)));
};

function asProblem(error: unknown): unknown {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : undefined;
  switch (type) {
    case 'entity.parse.failed':
      return new Problem(400, 'malformed_json', 'The body is not valid JSON, or not an object.');
    case 'entity.too.large':
      return new Problem(413, 'body_too_large', `The body may have at most ${MAX_BODY_BYTES} bytes.`);
    case 'encoding.unsupported':
      return new Problem(415, 'unsupported_media_type', 'Send the body without Content-Encoding.');
    case 'charset.unsupported':
      return new Problem(415, 'unsupported_media_type', 'Send the body as UTF-8.');
    case 'request.aborted':
    case 'request.size.invalid':
      return new Problem(400, 'incomplete_body', 'The body ended before its announced length.');
    default:
      return error;
  }
}
