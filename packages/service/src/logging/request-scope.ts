import { AsyncLocalStorage } from 'node:async_hooks';

/** The request that the running code works for, if any. */
export interface RequestScope {
  readonly requestId?: string | undefined;
  /** W3C `traceparent` of the span of this work, where it is traced. */
  readonly traceparent?: string | undefined;
}

/** Set for the length of each request and of each event's handling; log lines written meanwhile carry its `requestId`. */
export const requestScope = new AsyncLocalStorage<RequestScope>();

/** The request that the running code works for, as an event carries it: `newEvent(type, { …, ...currentRequest() })`. */
export function currentRequest(): RequestScope {
  return requestScope.getStore() ?? {};
}

/** What a log line says of the request. */
export function logFields({ requestId, traceparent }: RequestScope): { requestId?: string; traceId?: string } {
  const traceId = traceparent?.split('-')[1];
  return { ...(requestId !== undefined && { requestId }), ...(traceId !== undefined && { traceId }) };
}
