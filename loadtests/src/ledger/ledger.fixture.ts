import type { RequestRecord, UserLedger } from './user-ledger.js';

type Part = Partial<RequestRecord> & Pick<RequestRecord, 'endMs'>;

/** A request that was intended, sent and answered at once by server 1 with 200, except for the given fields. */
export function request(part: Part): RequestRecord {
  const { endMs } = part;
  return {
    ...{ what: 'list', intendedMs: endMs, sentMs: endMs, server: 'monolith-1', status: 200, outcome: 'ok', missing: 0 },
    ...part,
  };
}

export function ledger(user: number, requests: readonly Part[], part: Partial<UserLedger> = {}): UserLedger {
  return {
    ...{
      user,
      requests: requests.map(request),
      todos: [],
      chatSent: 0,
      chatDelivered: 0,
      readyMs: 0,
      closingMs: 20_000,
    },
    ...part,
  };
}
