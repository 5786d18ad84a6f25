import { expect, test } from '@jest/globals';
import { resultsSchema } from '../results/results.js';
import { syntheticRuns } from '../statistics/synthetic-runs.fixture.js';
import { htmlReport } from './html.js';
import { escapeHtml } from './markup.js';
import { CRASH, interruptedFixture, LATENCY, resultsFixture } from './results.fixture.js';

const page = htmlReport(resultsFixture());

test('the fixture is a results.json', () => {
  expect(resultsSchema.safeParse(resultsFixture()).error).toBeUndefined();
  expect(resultsSchema.safeParse(interruptedFixture()).error).toBeUndefined();
});

test('the page needs nothing from elsewhere and is smaller than a megabyte', () => {
  const addresses = [...page.matchAll(/<[^>]*\s(?:src|href)=["']?([^"'>\s]*)/gi)].map(([, address]) => address);
  expect(addresses.filter((address) => !address?.startsWith('#'))).toEqual([]);
  expect(page.match(/@import|url\(|<link|<iframe/gi)).toBeNull();
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
});

test('names of arms, experiments, rules and reasons are escaped', () => {
  for (const tag of ['<script>alert', '<b>&', '<img', '<em>', '<hr>', '<i>', '<u>'])
    expect([tag, page.includes(tag)]).toEqual([tag, false]);
  expect(page.includes('Is &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;my shop&quot; safe?')).toBe(true);
  expect(page.includes('&lt;img src=x onerror=alert(1)&gt;')).toBe(true);
});

test('the classic table shows a figure with its interval, a word and the experiment, or says how to measure it', () => {
  const row = rowOf(page, 'Server crash');
  expect(row).toContain('40 of 122 users');
  expect(row).toContain('exactly the users of the killed server are logged out');
  expect(row).toContain('122 of 122 already before the crash');
  expect(rowOf(page, 'Max users').match(/not in this set: <code>npm run compare<\/code>/g)).toHaveLength(5);
  expect(rowOf(page, 'Performance')).toMatch(/ ms<\/b><span class="muted">[\d.]+ to [\d.]+, 2 runs/);
  expect(row.match(/href="#experiment-crash"/g)).toHaveLength(5);
});

test('every answer is told in words with its reason, and the noise floor where there is one', () => {
  for (const word of ['Holds', 'Does not hold', 'Cannot be told']) expect(page.includes(`>${word}</span>`)).toBe(true);
  for (const { because } of resultsFixture().verdicts) expect(page.includes(escapeHtml(because))).toBe(true);
  expect(page.includes('two starts of the same configuration differ by')).toBe(true);
});

test('what follows from the verdicts stands with what it rests on, and nothing where none of it was measured', () => {
  expect(page.includes('What follows')).toBe(false);
  const [verdict] = resultsFixture().verdicts;
  if (verdict === undefined) throw new Error('no verdict');
  const claim = 'On a shared store sticky routing is an optimisation that loses nothing when a server dies.';
  const text = htmlReport(resultsFixture({ verdicts: [{ ...verdict, claim, experiment: 'crash', holds: false }] }));
  const from = text.indexOf('Where all state is in the store, sticky routing may be added and need not be.');
  expect(text.slice(from - 200, from)).toContain('Does not hold');
  const item = text.slice(from, text.indexOf('</ul>', from));
  expect(item).toContain(`<li>Does not hold: ${claim} <a href="#experiment-crash">crash</a></li>`);
  expect(item).toContain('<li>Not measured: A session store shared through Redis');
});

test('the classic table tells what a cure takes in a plain app', () => {
  const change = { arms: ['round-robin-connect-redis'], runner: 'effort', disturb: [], rules: [] };
  const effort = { ...LATENCY, ...change, name: 'effort' };
  const runs = syntheticRuns(effort, { seed: 1, blocks: 1 }).map((run) => ({
    ...run,
    estimated: { linesChanged: 5 },
    counted: { dependenciesAdded: { hit: 2, of: 4 }, processesAdded: { hit: 1, of: 2 } },
  }));
  const row = rowOf(htmlReport(resultsFixture({ experiments: [effort], runs, verdicts: [] })), 'Implementation');
  expect(row).toContain('5 lines');
  expect(row).toContain('packages: 2 more, processes: 1 more');
  expect(row.match(/not in this set/g)).toHaveLength(4);
});

test('the classic table says how many megabytes sessions filled, and that Redis was computed', () => {
  const variants = {
    'sticky-cookie-local': { scenario: 'growth', options: { store: 'memory' } },
    'round-robin-cached': { scenario: 'growth', options: { store: 'cached', megabytes: 128 } },
  };
  const change = { arms: Object.keys(variants), variants, runner: 'growth', disturb: [], rules: [] };
  const growth = { ...LATENCY, ...change, name: 'growth' };
  const runs = syntheticRuns(growth, { seed: 1, blocks: 2 }).map((run) => ({
    ...run,
    estimated: { sessionsUntilFull: 50_000 },
  }));
  const row = rowOf(htmlReport(resultsFixture({ experiments: [growth], runs, verdicts: [] })), 'Max users');
  expect(row).toContain('made by a process of 64 MB until it stalled or died');
  expect(row).toContain('in 128 MB of Redis, computed from the bytes of one');
});

test('CPU time that processes use when idle stands beside what requests cost, by server and by arm', () => {
  expect(page).toMatch(/<td class="number">0\.82 <span class="muted">\(idle 0\.1\)<\/span>/);
  expect(page).toContain('<span class="muted">(idle 6.5 ms/s)</span>');
});

test('an invalid run is shown with its reason, and an experiment without a valid run says so', () => {
  expect(page.includes('the load generator was 210 ms late (p99), at most 50 ms are allowed')).toBe(true);
  expect(page.includes('No run of this experiment is valid, so it decides nothing.')).toBe(true);
});

test('an interrupted comparison says how far it came and which arms are missing', () => {
  const partial = htmlReport(interruptedFixture());
  expect(partial.includes('Interrupted: 7 of 22 runs were made.')).toBe(true);
  expect(partial.includes('No run of this experiment was made.')).toBe(true);
});

test('a comparison of which no run was made yet is drawn', () => {
  expect(htmlReport(resultsFixture({ runs: [], verdicts: [], finished: false }))).toContain('0 of 22 runs');
  expect(htmlReport(resultsFixture({ runs: [], verdicts: [], experiments: [] }))).toContain('Sticky sessions');
});

test('a disturbance is named in words on the timeline, which goes on from before it to after it', () => {
  expect(page.includes('kill of server-2, server-3 at 10 seconds')).toBe(true);
  expect(page).toMatch(
    /aria-label="sticky-cookie-local: requests each second of 2 runs; 4 errors and \d+ losses in all/,
  );
});

test('an experiment of a runner shows seconds and speeds where it has them, and no empty table', () => {
  const runner = { ...LATENCY, name: 'failover', runner: 'failover', arms: ['sentinel'], rules: [] };
  const [run] = syntheticRuns(runner, { seed: 1, blocks: 1 });
  if (run === undefined) throw new Error('no run');
  const cost = { gateway: null, servers: null, redis: null, generator: null };
  const section = (change: Partial<typeof run>) => {
    const text = htmlReport(
      resultsFixture({ experiments: [runner], runs: [{ ...run, cost, ...change }], verdicts: [] }),
    );
    return text.slice(text.indexOf('id="experiment-failover"'));
  };
  const perSecond = { requests: [600, 610, 20], errors: [0, 0, 9], losses: [0, 3, 0] };
  const disturbances = [{ id: 'kill', target: 'the primary of Redis', atSeconds: 2 }];
  expect(section({ perSecond, disturbances })).toContain('kill of the primary of Redis at 2 seconds');
  for (const title of ['Second by second', 'Server by server', 'CPU per request'])
    expect([title, section({}).includes(title)]).toEqual([title, false]);
});

test('against another comparison the page begins with what changed', () => {
  const now = resultsFixture();
  const worse = {
    ...now,
    verdicts: now.verdicts.map((verdict) => (verdict.holds ? { ...verdict, holds: false } : verdict)),
  };
  const changed = htmlReport(worse, { against: now });
  expect(changed.includes('There is a regression.')).toBe(true);
  expect(changed.includes('held before and does not hold now')).toBe(true);
  expect(htmlReport(now, { against: now })).toContain('There is no regression.');
});

test('thirty runs are drawn within a second', () => {
  const experiments = [0, 1, 2].map((number) => ({ ...CRASH, name: `crash-${number}` }));
  const { runs } = resultsFixture();
  const many = experiments.flatMap(({ name }) =>
    runs.filter(({ experiment }) => experiment === CRASH.name).map((run) => ({ ...run, experiment: name })),
  );
  const results = resultsFixture({ experiments, runs: many });
  const cpuSeconds = [1, 2, 3].map(() => {
    const begun = process.cpuUsage();
    htmlReport(results);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e6;
  });
  expect(Math.min(...cpuSeconds)).toBeLessThan(1);
});

function rowOf(text: string, title: string): string {
  const from = text.indexOf(`<th scope="row">${title}</th>`);
  return text.slice(from, text.indexOf('</tr>', from));
}
