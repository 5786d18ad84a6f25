import type { Request, RequestHandler } from 'express';
import type { Logger } from '../logging/logger.js';
import { requestScope } from '../logging/request-scope.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import { requestIdOf } from './request-id.js';

/** Probes arrive all the time, and their checks log failures themselves. */
const PROBES = new Set(['/healthz', '/readyz']);

export interface ObserveOptions {
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  /** True while shutting down: answers then ask the client to close the connection. */
  readonly leaving: () => boolean;
}

/** Gives each request its id, then counts and logs it at its end (5xx as error, the rest as debug). */
export function observeRequests({ logger, metrics, leaving }: ObserveOptions): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(req.headers['x-request-id']);
    res.locals.requestId = requestId;
    res.setHeader('x-request-id', requestId);
    if (leaving()) res.setHeader('connection', 'close');
    // `path` and not `url`: a query may hold a secret.
    const { method, path } = req;
    res.once('close', () => {
      const milliseconds = performance.now() - startedAt;
      metrics.observeRequest(method, routeOf(req), res.statusCode, milliseconds / 1000);
      const line = { requestId, method, path, status: res.statusCode, durationMs: Math.round(milliseconds * 10) / 10 };
      if (res.statusCode >= 500 && !PROBES.has(path)) logger.error(line, 'request');
      else logger.debug(line, 'request');
    });
    requestScope.run({ requestId }, next);
  };
}

function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? path : 'none';
}
