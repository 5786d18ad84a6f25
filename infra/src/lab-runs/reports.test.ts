import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { listExperiments } from './experiments.js';
import { Reports } from './reports.js';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const results = (name: string) => ({
  ...{ startedAt: '2026-11-27T10:00:00.000Z', command: `npm run lab -- run ${name}`, finished: true, runs: [] },
  experiments: [{ name, question: 'Why?' }],
  verdicts: [{ claim: 'It holds.', holds: null, because: 'there were too few' }],
});

/** A folder of results with these files in it. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-reports-'));
  made.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('the reports of the lab', () => {
  test('are listed newest first, without runs, and without folders that hold no results', async () => {
    const reports = new Reports(
      folderWith({
        '2026-11-26T10/results.json': JSON.stringify(results('calm')),
        '2026-11-27T10/results.json': JSON.stringify(results('crash')),
        '2026-11-28T10/results.json': '{ broken',
      }),
    );
    const list = await reports.list();
    expect(list.map(({ id }) => id)).toEqual(['2026-11-27T10', '2026-11-26T10']);
    expect(list[0]).not.toHaveProperty('runs');
    expect((await reports.find('2026-11-27T10'))?.verdicts[0]?.holds).toBeNull();
  });

  test('the one that belongs to a run is the newest since it began, and none before it has results', async () => {
    const reports = new Reports(
      folderWith({ '2026-11-27T10-00-00-000Z/results.json': JSON.stringify(results('crash')) }),
    );
    expect((await reports.newestSince(new Date('2026-11-27T09:59:00Z')))?.id).toBe('2026-11-27T10-00-00-000Z');
    expect(await reports.newestSince(new Date('2026-11-27T10:01:00Z'))).toBeUndefined();
  });

  test('are never looked for outside of their folder', async () => {
    const folder = folderWith({
      'results.json': JSON.stringify(results('crash')),
      'report.html': 'secret',
      'in/results.json': '{}',
    });
    const reports = new Reports(join(folder, 'in'));
    expect(await reports.find('..')).toBeUndefined();
    expect(await reports.html('..')).toBeUndefined();
    expect(await reports.html('../')).toBeUndefined();
  });

  test('an experiment is listed by its file, quick ones first', async () => {
    const folder = folderWith({
      'a-deep.yaml': 'question: Deep?',
      'b-quick.yaml': 'question: Quick?\nset: quick',
      'no-question.yaml': 'set: quick',
    });
    expect(await listExperiments(folder)).toEqual([
      { name: 'b-quick', question: 'Quick?', set: 'quick' },
      { name: 'a-deep', question: 'Deep?', set: 'deep' },
    ]);
  });
});
