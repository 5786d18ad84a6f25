import { AsyncLocalStorage } from 'node:async_hooks';

/** The request that the running code works for, if any. */
export interface RequestScope {
  readonly requestId: string;
}

/** Set for the length of each request; every log line written meanwhile carries its `requestId`. */
export const requestScope = new AsyncLocalStorage<RequestScope>();

/** The `x-request-id` of the request that the running code works for; undefined outside of requests. */
export function currentRequestId(): string | undefined {
  return requestScope.getStore()?.requestId;
}
