import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { k6Version, obtainK6 } from '../src/k6/obtain-k6.js';

const empty = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));
const quiet = () => undefined;

test('K6_BIN wins, and must be k6', async () => {
  await expect(obtainK6(empty, { K6_BIN: process.execPath }, quiet)).rejects.toThrow(/K6_BIN is .*, which is no k6/);
});

test('without k6, Go and Docker, one sentence says how to get it', async () => {
  await expect(obtainK6(empty, { PATH: empty }, quiet)).rejects.toThrow(
    new RegExp(`^No k6 found: install k6 ${k6Version.replaceAll('.', '\\.')} .* or start Docker\\.$`),
  );
});

// `npm test` says loudly when it could not be had.
const given = process.env.K6_BIN;
(given === undefined ? test.skip : test)('the pinned release runs', async () => {
  const k6 = await obtainK6(empty, { K6_BIN: given }, quiet);
  expect(k6.version).toMatch(/^v\d+\.\d+\.\d+/);
});
