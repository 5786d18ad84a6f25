import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clusterId } from './cluster-id.js';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-cluster-id-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

test('is made once for a folder', () => {
  const id = clusterId(dir);

  expect(Buffer.from(id, 'base64url')).toHaveLength(16);
  expect(clusterId(dir)).toBe(id);
});

test('never begins with a hyphen, which Kafka’s tools take for an option', () => {
  const draws: Buffer[] = [Buffer.alloc(16, 0xff - 0x04), Buffer.alloc(16, 1)];
  expect(draws[0]?.toString('base64url')).toMatch(/^-/);

  expect(clusterId(dir, () => draws.shift() as Buffer)).toBe(Buffer.alloc(16, 1).toString('base64url'));
});

test('an id with a hyphen, left by an older release, is replaced', () => {
  writeFileSync(join(dir, 'cluster-id'), '-AAAAAAAAAAAAAAAAAAAAA');

  expect(clusterId(dir)).not.toMatch(/^-/);
});
