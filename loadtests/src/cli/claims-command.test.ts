import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { claimsPages, newestData } from './claims-command.js';

test('docs/claims.md, README’s tables and the pictures of both are what the committed results say; npm run lab -- claims writes them', async () => {
  for (const [path, text] of await claimsPages(await newestData())) expect(await readFile(path, 'utf8')).toBe(text);
});

test('every cell of the classic table was measured', async () => {
  const readme = [...(await claimsPages(await newestData())).values()].find((text) =>
    text.includes('<!-- classic -->'),
  );
  const [, table = ''] = /<!-- classic -->([\s\S]*?)<!-- \/classic -->/.exec(readme ?? '') ?? [];
  expect(table).toContain('| **Max users** |');
  expect(table).not.toContain('not measured');
});
