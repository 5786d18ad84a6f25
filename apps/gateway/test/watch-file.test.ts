import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { markFile, watchFile } from '../src/gateway-file/watch-file.js';
import { waitFor } from './support/wait-for.js';

let directory: string;
let path: string;
let stop = () => {};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-watch-'));
  path = join(directory, 'file');
  writeFileSync(path, 'one');
});
afterEach(() => {
  stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('watching a file', () => {
  test('sees a change that happened before it began to watch', async () => {
    const seen = markFile(path);
    writeFileSync(path, 'another');
    let changes = 0;
    stop = watchFile(path, seen, () => changes++);
    await waitFor(() => changes === 1);
  });

  test('sees a file that was replaced by another of the same size', async () => {
    let changes = 0;
    stop = watchFile(path, markFile(path), () => changes++);
    writeFileSync(`${path}.new`, 'two');
    renameSync(`${path}.new`, path);
    await waitFor(() => changes === 1);
  });

  test('takes an absent file for one that is being replaced', async () => {
    const seen = markFile(path);
    rmSync(path);
    expect(markFile(path)).toBeUndefined();
    let changes = 0;
    stop = watchFile(path, seen, () => changes++);
    writeFileSync(path, 'back');
    await waitFor(() => changes === 1);
  });
});
