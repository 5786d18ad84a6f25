import type { AccessLogEntry } from '@holdfast/proxy';
import { openTracing } from '@holdfast/service';

/** The spans of the proxy's requests. */
export interface RequestSpans {
  /** Makes the span of a finished request; nothing for one that the client kept out of its sample. */
  record(entry: AccessLogEntry): void;
  /** Sends what is not sent yet. */
  close(): Promise<void>;
}

/**
 * Spans from the lines of the access log, because the proxy has chosen their ids while it forwarded, perhaps in another process.
 * Undefined without an endpoint. Throws when the OpenTelemetry packages are not installed.
 */
export async function traceRequests(instance: string, endpoint: string | undefined): Promise<RequestSpans | undefined> {
  let next = { traceId: '', spanId: '' };
  const ids = { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId };
  const tracing = await openTracing({ service: 'gateway', instance, endpoint, ids });
  if (tracing === undefined) return undefined;
  return {
    record(entry) {
      if (entry.trace === undefined || !entry.trace.sampled) return;
      const { traceId, parentSpanId } = entry.trace;
      next = entry.trace;
      const endedAtMs = Date.parse(entry.at);
      const span = tracing.begin({
        name: entry.upstream === '' ? entry.method : `${entry.method} ${entry.upstream}`,
        kind: 'server',
        parent: parentSpanId === null ? undefined : `00-${traceId}-${parentSpanId}-01`,
        attributes: attributesOf(entry),
        startedAt: new Date(endedAtMs - entry.durationMs),
      });
      tracing.endRequest(span, entry.status, new Date(endedAtMs));
    },
    close: () => tracing.close(),
  };
}

function attributesOf(entry: AccessLogEntry): Readonly<Record<string, string | number>> {
  return {
    'http.request.method': entry.method,
    'url.path': entry.path,
    'server.address': entry.host,
    'client.address': entry.clientAddress,
    'holdfast.request.id': entry.requestId,
    'holdfast.upstream': entry.upstream,
    'holdfast.destination': entry.destination,
    'holdfast.route.reason': entry.reason,
    'holdfast.route.attempts': entry.attempts,
    ...(entry.problem !== null && { 'error.type': entry.problem }),
  };
}
