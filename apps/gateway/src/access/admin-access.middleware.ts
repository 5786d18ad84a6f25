import { Problem } from '@holdfast/service';
import type { Request, RequestHandler, Response } from 'express';
import { judgeAdminRequest } from './admin-access.js';

/** Stands in front of every admin route: refuses by `judgeAdminRequest`, answers the console page's preflights. */
export function adminAccess(pageOrigins: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    const { host, origin, 'sec-fetch-site': fetchSite } = request.headers;
    const { method, path } = request;
    const site = Array.isArray(fetchSite) ? fetchSite[0] : fetchSite;
    const verdict = judgeAdminRequest({ method, path, host, origin, fetchSite: site }, pageOrigins);
    if (!verdict.allowed) return next(new Problem(403, verdict.code, verdict.detail));
    if (!verdict.page) return next();
    shareWithPage(request, response);
    if (method === 'OPTIONS') return void response.status(204).end();
    next();
  };
}

/** CORS for the one origin that asked, without credentials: the admin API has none. */
function shareWithPage(request: Request, response: Response): void {
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '');
  response.setHeader('vary', 'origin');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', 'GET, POST, PUT');
  response.setHeader('access-control-allow-headers', 'content-type');
  response.setHeader('access-control-max-age', '600');
}
