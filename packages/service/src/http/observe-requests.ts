import type { Request, RequestHandler } from 'express';
import type { Logger } from '../logging/logger.js';
import { requestScope } from '../logging/request-scope.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import type { Tracing } from '../tracing/tracing.js';
import { requestIdOf } from './request-id.js';

/** Probes arrive all the time, and their checks log failures themselves. */
const PROBES = new Set(['/healthz', '/readyz']);
const UNTRACED = new Set([...PROBES, '/metrics']);

export interface ObserveOptions {
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  /** True while shutting down: answers then ask the client to close the connection. */
  readonly leaving: () => boolean;
  readonly tracing: Tracing | undefined;
}

/** Gives each request its id and, with `tracing`, a span; counts and logs it at its end (5xx as error, the rest as debug). */
export function observeRequests({ logger, metrics, leaving, tracing }: ObserveOptions): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(req.headers['x-request-id']);
    res.locals.requestId = requestId;
    res.setHeader('x-request-id', requestId);
    if (leaving()) res.setHeader('connection', 'close');
    // `path` and not `url`: a query may hold a secret.
    const { method, path } = req;
    const traced = tracing === undefined || UNTRACED.has(path) ? undefined : traceRequest(tracing, req, requestId);
    res.once('close', () => {
      const milliseconds = performance.now() - startedAt;
      metrics.observeRequest(method, routeOf(req), res.statusCode, milliseconds / 1000);
      const line = { requestId, method, path, status: res.statusCode, durationMs: Math.round(milliseconds * 10) / 10 };
      if (res.statusCode >= 500 && !PROBES.has(path)) logger.error(line, 'request');
      else logger.debug(line, 'request');
      traced?.end(routeOf(req), res.statusCode);
    });
    if (traced === undefined) requestScope.run({ requestId }, next);
    else traced.run(next);
  };
}

function traceRequest(tracing: Tracing, { method, path, headers }: Request, requestId: string) {
  const { traceparent } = headers;
  const span = tracing.begin({
    name: method,
    kind: 'server',
    parent: typeof traceparent === 'string' ? traceparent : undefined,
    attributes: { 'http.request.method': method, 'url.path': path, 'holdfast.request.id': requestId },
  });
  return {
    run: (next: () => void) => tracing.inside(span, requestId, next),
    end(route: string, status: number) {
      span.updateName(`${method} ${route}`).setAttribute('http.route', route);
      tracing.endRequest(span, status);
    },
  };
}

function routeOf(req: Request): string {
  const path: unknown = req.route?.path;
  return typeof path === 'string' ? path : 'none';
}
