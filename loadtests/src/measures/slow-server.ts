import type { RequestRecord } from '../ledger/user-ledger.js';
import { defineMeasure } from './measure.js';
import { inWindow, latencies, percentile } from './window.js';

/** The medians of two replicas of one app on one machine differ by less than this, even on a busy machine. */
const SLOWER_MS = 25;

export default defineMeasure({
  id: 'slow-server',
  title: 'Servers that are slower than their like',
  names: {
    serversSlower: `processes whose median answer took ${SLOWER_MS} ms longer than that of the fastest replica of their app, of processes that answered`,
  },
  measure(observed) {
    const answers = new Map<string, RequestRecord[]>();
    for (const request of observed.ledgers.flatMap((ledger) => inWindow(ledger, observed))) {
      if (request.intendedMs === undefined || request.server === '') continue;
      answers.set(request.server, [...(answers.get(request.server) ?? []), request]);
    }
    const medians = [...answers].map(([id, requests]) => ({
      app: appOf(id),
      ms: percentile(latencies(requests), 0.5),
    }));
    const fastest = new Map<string, number>();
    for (const { app, ms } of medians) fastest.set(app, Math.min(ms, fastest.get(app) ?? Infinity));
    const slower = medians.filter(({ app, ms }) => ms - (fastest.get(app) ?? ms) >= SLOWER_MS);
    return { counted: { serversSlower: { hit: slower.length, of: medians.length } } };
  },
});

function appOf(id: string): string {
  return id.replace(/-\d+$/, '');
}
