import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { readResults } from '../results/results-folder.js';
import { percent } from '../rules/decision.js';
import { readEstimatedRule } from '../rules/read-rule.js';
import { claimsPages, newestData } from './claims-command.js';

test('docs/claims.md, README’s tables and the pictures of both are what the committed results say; npm run lab -- claims writes them', async () => {
  for (const [path, text] of await claimsPages(await newestData())) expect(await readFile(path, 'utf8')).toBe(text);
});

test('estimated rules of all files share one error of 5 %, also where an experiment was run again by itself', async () => {
  const files = await Promise.all((await newestData()).map(readResults));
  const latest = new Map(files.flatMap(({ experiments }) => experiments.map((one) => [one.name, one])));
  const clauses = [...latest.values()].flatMap(({ rules, arms }) =>
    rules.flatMap(({ estimated }) => (estimated === undefined ? [] : readEstimatedRule(estimated, arms).clauses)),
  );
  const page = [...(await claimsPages(await newestData()))].find(([path]) => path.endsWith('claims.md'))?.[1] ?? '';
  const levels = [...page.matchAll(/ at ([\d.]+ %)\)/g)].map(([, level]) => level);
  expect(new Set(levels)).toEqual(new Set([percent(1 - 0.05 / clauses.length)]));
});

test('every cell of the classic table was measured', async () => {
  const readme = [...(await claimsPages(await newestData())).values()].find((text) =>
    text.includes('<!-- classic -->'),
  );
  const [, table = ''] = /<!-- classic -->([\s\S]*?)<!-- \/classic -->/.exec(readme ?? '') ?? [];
  expect(table).toContain('| **Max users** |');
  expect(table).not.toContain('not measured');
});
