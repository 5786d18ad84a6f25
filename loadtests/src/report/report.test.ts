import { expect, test } from '@jest/globals';
import type { Results } from '../ledger/results.js';
import { barChart } from './bars.js';
import { htmlReport } from './html.js';
import { markdownReport } from './markdown.js';

const results: Results = {
  startedAt: '2026-11-21T00:00:00.000Z',
  seed: 1,
  machine: { cores: 2, memoryBytes: 24 * 2 ** 30, node: '20.20.2', k6: 'v2.2.0', redis: '7.0.15' },
  runs: [
    {
      ...{ scenario: 'sticky-cookie-local', fault: 'F1', repeat: 1, durationSeconds: 9, users: 24, requests: 900 },
      ...{ finishedUsers: 24, loggedIn: 24, valid: true, invalidBecause: null },
      ...{ failedRequests: 1, failedReads: 0, failedWrites: 1, loggedOut: 8, todosAcknowledged: 48, todosLost: 16 },
      ...{ chatSent: 24, chatDelivered: 24, requestsPerSecond: 100, p50Ms: 1.5, p95Ms: 4, p99Ms: 9, recoveryMs: 400 },
      share: { 'monolith-1': 0.5, 'monolith-2': 0.5 },
    },
  ],
  verdicts: [{ claim: 'a <claim>', holds: true, because: 'it was' }],
};

test('the report says the verdict and every number of the table, in Markdown and in HTML', () => {
  const markdown = markdownReport(results);
  expect(markdown).toContain('**holds:** a <claim> (it was)');
  expect(markdown).toContain(
    '| sticky-cookie-local | F1 | 8 of 24 | 16 of 48 | 1 of 900 | 1.5 | 4.0 | 9.0 | 100 | 400 |',
  );
  const html = htmlReport(results);
  expect(html).toContain('<b>holds:</b> a &lt;claim&gt;');
  for (const text of ['8 of 24', '16 of 48', '1 of 900']) expect(html).toContain(text);
});

test('the page needs nothing from elsewhere', () => {
  expect(htmlReport(results)).not.toMatch(/https?:|<script|<link/);
});

test('a chart of nothing but zeros has no width to show', () => {
  const chart = barChart('t', [{ label: 'a', value: 0, text: '0', tone: 'good' }]);
  expect(chart).toContain('class="good" x="270" y="5" width="0.0"');
});
