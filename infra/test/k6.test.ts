import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { K6_VERSION, obtainK6 } from '../src/k6/obtain-k6.js';

const empty = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));
const quiet = () => undefined;

test('K6_BIN wins, and must be k6', async () => {
  await expect(obtainK6(empty, { K6_BIN: process.execPath }, quiet)).rejects.toThrow(/K6_BIN is .*, which is not k6/);
});

test('without k6, Go and Docker, one sentence says how to get it', async () => {
  await expect(obtainK6(empty, { PATH: empty }, quiet)).rejects.toThrow(
    new RegExp(`^No k6 found: install k6 ${K6_VERSION.replaceAll('.', '\\.')} .* or start Docker\\.$`),
  );
});

test('L5: with a relative data folder, Go is given an absolute one', async () => {
  const bin = mkdtempSync(join(tmpdir(), 'holdfast-go-'));
  try {
    // Says where it was to build: go build -buildvcs=false -o <file> …
    writeFileSync(join(bin, 'go'), '#!/bin/sh\necho "not into $4"\nexit 1\n', { mode: 0o755 });
    const dataDir = relative(process.cwd(), join(empty, 'data'));
    await expect(obtainK6(dataDir, { PATH: bin }, quiet)).rejects.toThrow(
      `Building it with Go failed: not into ${join(empty, 'data', 'bin', 'k6')}`,
    );
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
});

test.each(['DATA_DIR', 'K6_BIN'])(
  'L5: a relative %s counts from the top of the repository, wherever a program is started',
  (name) => {
    const script = `import('${join(import.meta.dirname, '../bin/root.mjs')}').then(() => console.log(process.env.${name}))`;
    const env = { PATH: process.env.PATH, [name]: '.data-x' };
    const told = execFileSync(process.execPath, ['-e', script], { cwd: empty, env, encoding: 'utf8' });
    expect(told.trim()).toBe(join(import.meta.dirname, '../..', '.data-x'));
  },
);
