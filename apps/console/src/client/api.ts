import { createClient } from '@holdfast/client';
import type { RequestEntry } from '../request/request-entry.js';

export type { Answer, Client as Api } from '@holdfast/client';

let nextId = 1;

/** The typed client of one scenario. Every request is told to `record`, whatever becomes of it; no call ever throws. */
export function createApi(record: (entry: RequestEntry) => void, fetchFrom?: typeof fetch) {
  return createClient({
    ...(fetchFrom && { fetch: fetchFrom }),
    onExchange: (exchange) => record({ id: nextId++, ...exchange }),
  });
}
