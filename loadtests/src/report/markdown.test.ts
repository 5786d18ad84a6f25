import { expect, test } from '@jest/globals';
import { htmlReport } from './html.js';
import { markdownReport } from './markdown.js';
import { interruptedFixture, resultsFixture } from './results.fixture.js';

const text = markdownReport(resultsFixture());

test('it begins with the answers and their reasons', () => {
  expect(text).toMatch(/^- \*\*Holds:\*\* Sticky memory loses exactly the users of that server\. \(40 of 40 users/);
  expect(text).toContain('- **Does not hold:** IP hash loses nobody.');
  expect(text).toContain('- **Cannot be told:** Nothing \\| is &lt;em&gt;lost&lt;/em&gt;.');
});

test('an experiment is one table with a row per arm and phase, counted over valid runs', () => {
  expect(text).toContain('| sticky-cookie-local | after the disturbance (kill) | 2 | 40 of 122 | 280 of 854 |');
  expect(text).toContain('| ip-hash-local | before the disturbance | 1 |');
});

test('invalid runs are listed with their reason, and each experiment with the command that runs it again', () => {
  expect(text).toContain('- ip-hash-local, block 2, before the disturbance: the load generator was 210 ms late (p99)');
  expect(text).toContain('No run was valid, so nothing is decided.');
  expect(text).toContain('Run it again: `npm run lab -- run crash --blocks 2 --seed 7`');
});

test('what follows from the verdicts comes after them, where any of it was measured', () => {
  expect(text).not.toContain('What follows');
  const [verdict] = resultsFixture().verdicts;
  if (verdict === undefined) throw new Error('no verdict');
  const claim = "The balancer's cookie keeps every client on its server.";
  const told = markdownReport(resultsFixture({ verdicts: [{ ...verdict, claim, experiment: 'calm', holds: false }] }));
  expect(told).toContain('### What follows\n\n- **Does not hold:** Sticky routing suffices');
  expect(told).toContain(`  - Does not hold: ${claim} (\`calm\`)`);
});

test('behind several load balancers it says which verdicts depend on them, and how to run it behind them again', () => {
  expect(text).not.toContain('Load balancers');
  const [crash] = resultsFixture().experiments;
  const [verdict] = resultsFixture().verdicts;
  if (crash === undefined || verdict === undefined) throw new Error('no experiment');
  const other = { ...verdict, holds: false, engine: 'nginx', claim: `Behind nginx: ${verdict.claim}` };
  const results = resultsFixture({
    experiments: [{ ...crash, engines: ['holdfast', 'nginx'] }],
    verdicts: [verdict, other],
  });
  const sentence = `The load balancer decides: “${verdict.claim}” it holds behind holdfast; it does not hold behind nginx.`;
  expect(markdownReport(results)).toContain(`### Load balancers\n\n- ${sentence}`);
  expect(markdownReport(results)).toContain('npm run lab -- run crash --engine holdfast,nginx --blocks 2');
  expect(htmlReport(results)).toContain(sentence);
});

test('against another comparison it begins with what changed, regressions first', () => {
  const now = resultsFixture();
  const worse = resultsFixture({
    verdicts: now.verdicts.map((verdict) => (verdict.holds ? { ...verdict, holds: false } : verdict)),
  });
  const told = markdownReport(worse, { against: now });
  expect(told).toMatch(
    /^### Against the comparison of 2026-01-02\n\nThere is a regression\.\n\n- \*\*Regression:\*\* "/,
  );
  expect(told).toContain('held before and does not hold now');
  expect(told).toMatch(/### Verdicts\n\n- \*\*Does not hold:\*\*/);
  expect(markdownReport(now, { against: now })).toMatch(
    /There is no regression\. Nothing changed .*\n\n### Verdicts\n\n- \*\*Holds/,
  );
});

test('an interrupted comparison says so first', () => {
  expect(markdownReport(interruptedFixture())).toMatch(/^\*\*Interrupted\*\*: 7 of 22 runs were made\./);
  expect(markdownReport(interruptedFixture())).toContain('No run was made.');
});

test('nothing from results becomes HTML or ends a table cell', () => {
  const outsideCode = text.replace(/`[^`]*`/g, '');
  expect(outsideCode.match(/<[a-z]+/g)).toBeNull();
  expect(text).toContain('a \\| b, block 1');
});
