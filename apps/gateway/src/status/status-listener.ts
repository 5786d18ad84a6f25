import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HealthRegistry, MetricsRegistry } from '@holdfast/service';

/** A request here is a line and a few headers; a slower connection is closed. */
const REQUEST_TIMEOUT_MS = 5000;
const MAX_CONNECTIONS = 256;

export interface StatusSources {
  readonly health: Pick<HealthRegistry, 'leaving' | 'readiness'>;
  readonly metrics: Pick<MetricsRegistry, 'metrics' | 'contentType'>;
}

/** A listener that shows health and metrics and can change nothing. */
export interface StatusListener {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Opens the listener of the gateway file's `status`. Rejects with the socket's error when it cannot. */
export async function startStatusListener(
  { host, port }: { readonly host: string; readonly port: number },
  sources: StatusSources,
): Promise<StatusListener> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 1_000 },
    (req, res) => {
      respond(req, res, sources).catch(() => res.destroy());
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  // A client that does not read its answer would otherwise keep its place for ever.
  server.setTimeout(2 * REQUEST_TIMEOUT_MS);
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', () => {});
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond({ method = '', url = '' }: IncomingMessage, res: ServerResponse, sources: StatusSources) {
  const path = url.split('?', 1)[0] ?? '';
  const { status, type, body } = await answerTo(method, path, sources);
  res.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 && { allow: 'GET, HEAD' }),
    ...(status === 503 && { 'retry-after': '1' }),
  });
  res.end(method === 'HEAD' ? undefined : body);
}

async function answerTo(method: string, path: string, { health, metrics }: StatusSources): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return problem(405, 'method_not_allowed', 'Use GET or HEAD.');
  switch (path) {
    case '/healthz':
      return health.leaving ? problem(503, 'leaving', 'The gateway is shutting down.') : json({ status: 'ok' });
    case '/readyz': {
      const { ready, failed } = await health.readiness();
      return ready ? json({ status: 'ready' }) : problem(503, 'not_ready', `Not ready: ${failed.join(', ')}.`);
    }
    case '/metrics':
      return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
    default:
      return problem(404, 'not_found', 'There are /healthz, /readyz and /metrics.');
  }
}

function json(body: object): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(body) };
}

function problem(status: number, code: string, detail: string): Answer {
  const body = JSON.stringify({ type: 'about:blank', status, code, detail });
  return { status, type: 'application/problem+json', body };
}
