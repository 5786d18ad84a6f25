import { expect, test } from '@jest/globals';
import type { Results, Run } from '../results/results.js';
import { htmlReport } from './html.js';
import { resultsFixture } from './results.fixture.js';

test('the page of an app begins with what its users lost, and has no table of ours', () => {
  const page = htmlReport(ofApp(resultsFixture()));
  expect(page).toContain('<h1>shop: sticky sessions or a shared store?</h1>');
  expect(page).toContain('cookie, memory');
  expect(page).toContain('Writes lost, a server killed');
  expect(page).not.toContain('The classic table');
});

function ofApp(all: Results): Results {
  const [experiment] = all.experiments;
  if (experiment === undefined) throw new Error('the fixture has experiments');
  const runs = all.runs
    .filter((run) => run.experiment === experiment.name)
    .map(
      (run): Run => ({
        ...run,
        variant: 'memory',
        routing: 'cookie',
        counted: { ...run.counted, writesLost: { hit: 1, of: 9 } },
      }),
    );
  return { ...all, app: 'shop', experiments: [experiment], runs };
}
