import type { Options } from 'k6/options';
import { stepsPlan as plan } from './plan.ts';

/** Users who do not end are ended this long after the closing look. */
const PATIENCE_SECONDS = 600;

/** One iteration is one user's whole journey: k6 empties a cookie jar between iterations, which would log everyone out. */
export const options: Options = {
  scenarios: {
    users: {
      ...{ executor: 'per-vu-iterations', vus: plan.users, iterations: 1 },
      maxDuration: `${Math.ceil(plan.closingMs / 1_000) + PATIENCE_SECONDS}s`,
    },
  },
  hosts: { '*.localhost': '127.0.0.1', localhost: '127.0.0.1' },
  noCookiesReset: true,
  summaryTrendStats: ['med', 'p(95)', 'p(99)'],
  discardResponseBodies: false,
};

/** A `handleSummary` that writes only the Trend that the runner reads. */
export function summaryOf(trend: string): (data: { metrics: Record<string, unknown> }) => Record<string, string> {
  return ({ metrics }) => ({ [__ENV.SUMMARY ?? 'summary.json']: JSON.stringify(metrics[trend] ?? null) });
}
