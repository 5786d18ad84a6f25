import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Results } from './results.js';
import { folderOfReports, ResultsFolder, readResults } from './results-folder.js';

const results: Results = {
  ...{ startedAt: '2026-11-26T10:00:00.000Z', seed: 1, set: 'quick', command: 'npm run compare', plannedRuns: 0 },
  ...{ only: { scenarios: null, faults: null }, blocks: 2, finished: true, experiments: [], runs: [], verdicts: [] },
  machine: { cores: 2, memoryBytes: 1, node: '20', k6: 'v2', redis: '7' },
};

test('results.json is replaced as a whole: it is another file than the one that was there', async () => {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-results-'));
  const folder = new ResultsFolder(path);
  await folder.write(results);
  const before = readFileSync(join(path, 'results.json'), 'utf8');
  // A writer that was ended midway leaves this, and the next one is not disturbed by it.
  writeFileSync(join(path, 'results.json.new'), before.slice(0, 20));
  await folder.write({ ...results, seed: 2 });
  expect((await readResults(join(path, 'results.json'))).seed).toBe(2);
  expect(readdirSync(path)).not.toContain('results.json.new');
});

test('against another comparison page and Markdown both tell the changes', async () => {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-results-'));
  await new ResultsFolder(path).write(results, results);
  for (const name of ['report.html', 'report.md'])
    expect(readFileSync(join(path, name), 'utf8')).toContain('Against the comparison of 2026-11-26');
});

test('reports of a file with another name do not overwrite the results.json beside it', () => {
  expect(folderOfReports('/data/one/results.json')).toBe('/data/one');
  expect(folderOfReports('/data/one/before.json')).toBe('/data/one/before');
});
