import { defineMeasure, type Observed } from './measure.js';
import { inWindow, latencies, percentile } from './window.js';

export default defineMeasure({
  id: 'latency',
  title: 'Answer times from the intended time of a request',
  names: {
    p50Ms: 'half of the answers were this fast',
    p95Ms: '95 of 100 answers were this fast',
    p99Ms: '99 of 100 answers were this fast; `p99Ms.light` without the heavy users',
  },
  measure(observed) {
    const sorted = latencies(observed.ledgers.flatMap((ledger) => inWindow(ledger, observed)));
    if (sorted.length === 0) return {};
    return {
      estimated: {
        p50Ms: percentile(sorted, 0.5),
        p95Ms: percentile(sorted, 0.95),
        p99Ms: percentile(sorted, 0.99),
        ...(observed.heavyUsers > 0 && { 'p99Ms.light': percentile(latenciesOfLightUsers(observed), 0.99) }),
      },
    };
  },
});

function latenciesOfLightUsers(observed: Observed): number[] {
  const light = observed.ledgers.filter(({ user }) => user > observed.heavyUsers);
  return latencies(light.flatMap((ledger) => inWindow(ledger, observed)));
}
