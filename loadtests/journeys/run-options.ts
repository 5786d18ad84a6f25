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

/** Writes k6's own summary of all metrics, which the lab keeps beside the ledgers. */
export function handleSummary(data: object): Record<string, string> {
  return { [__ENV.SUMMARY ?? 'summary.json']: JSON.stringify(data) };
}
