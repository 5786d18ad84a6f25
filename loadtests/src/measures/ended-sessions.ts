import type { RequestRecord } from '../ledger/user-ledger.js';
import { defineMeasure } from './measure.js';

/** The time within which a near cache hears of a change. */
const HEARD_MS = 1_000;

export default defineMeasure({
  id: 'ended-sessions',
  title: 'Log out everywhere',
  names: {
    endedServed:
      'sessions of another device that were served a second and more after their user ended them, of sessions ended',
    endedServedAtOnce: 'the same, with the first request after it',
  },
  measure({ ledgers, fromMs, untilMs }) {
    const ends = ledgers
      .flatMap(({ requests }) => endsOf(requests))
      .filter(({ endedMs }) => endedMs >= fromMs && endedMs < untilMs);
    if (ends.length === 0) return {};
    const served = (asked: (end: (typeof ends)[number]) => RequestRecord[]) => ({
      hit: ends.filter((end) => asked(end).some(({ status }) => status === 200)).length,
      of: ends.length,
    });
    return {
      counted: {
        endedServed: served(({ endedMs, after }) => after.filter(({ sentMs }) => sentMs >= endedMs + HEARD_MS)),
        endedServedAtOnce: served(({ after }) => after.slice(0, 1)),
      },
    };
  },
});

/** Each time the user ended all other sessions, with the answers to one of them from then until the next time. */
function endsOf(requests: readonly RequestRecord[]): { endedMs: number; after: RequestRecord[] }[] {
  const ends: { endedMs: number; after: RequestRecord[] }[] = [];
  for (const request of requests) {
    if (request.what === 'end-others') ends.push({ endedMs: request.endMs, after: [] });
    else if (request.what === 'ended') ends.at(-1)?.after.push(request);
  }
  // A session without later requests shows nothing.
  return ends.filter(({ after }) => after.length > 1);
}
