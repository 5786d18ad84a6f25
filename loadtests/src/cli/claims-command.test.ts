import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { claimsPages, newestData } from './claims-command.js';

test('docs/claims.md, README’s tables and the pictures of both are what the committed results say; npm run lab -- claims writes them', async () => {
  for (const [path, text] of await claimsPages(await newestData())) expect(await readFile(path, 'utf8')).toBe(text);
});
