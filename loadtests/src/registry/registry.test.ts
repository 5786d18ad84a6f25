import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadFolder } from './load-folder.js';
import { loadRegistry } from './registry.js';

test('a part is found by its file name, and one whose id differs is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-parts-'));
  writeFileSync(join(folder, 'one.js'), "export default { id: 'one' };");
  writeFileSync(join(folder, 'helper.js'), 'export const helper = 1;');
  expect([...(await loadFolder(folder)).keys()]).toEqual(['one']);
  writeFileSync(join(folder, 'two.js'), "export default { id: 'other' };");
  await expect(loadFolder(folder)).rejects.toThrow('its id must be its file name, "two"');
  rmSync(folder, { recursive: true });
});

test('every disturbance has a title, says what it needs and refuses what it does not understand', async () => {
  const { disturbances } = await loadRegistry();
  expect(disturbances.size).toBeGreaterThan(5);
  for (const { title, needs, options } of disturbances.values()) {
    expect(title).not.toMatch(/F\d/);
    expect(needs.length).toBeGreaterThan(0);
    expect(options.safeParse({ nonsense: 1 }).success).toBe(false);
  }
});
