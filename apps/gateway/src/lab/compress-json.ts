import { gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';

/** Below this a compressed answer saves nothing: it is sent in one packet either way. */
const MIN_BYTES = 1024;

/** Sends longer JSON as gzip to whoever takes it: the page asks every second. Streams are left as they are. */
export const compressJson: RequestHandler = (request, response, next) => {
  if (request.acceptsEncodings('gzip') === false) return next();
  const json = response.json.bind(response);
  response.json = (body: unknown) => {
    const text = JSON.stringify(body);
    if (text === undefined || text.length < MIN_BYTES) return json(body);
    response.vary('accept-encoding').setHeader('content-encoding', 'gzip');
    if (response.get('content-type') === undefined) response.type('json');
    return response.send(gzipSync(text));
  };
  next();
};
