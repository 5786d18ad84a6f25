import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { STORES } from '../arms.js';
import { readMeasuredCosts } from '../measured-costs.js';
import { assembleCosts, type Measured, writeCosts } from './write-costs.js';

const NOW = new Date('2026-11-27T12:00:00.000Z');
const kind = {
  ...{ cpuUs: { gateway: 1, servers: 2, redis: 3 } },
  ...{ redisOperations: 4, redisBytes: 5, clientBytes: 6 },
};
const requests = { login: kind, me: kind, read: kind, write: kind };
const measured: Measured = {
  measured: new Map(STORES.map((store) => [store, { requests, redisBytes: { perSession: 700, fixed: 80 } }])),
  processBytes: new Map(STORES.map((store) => [store, 900])),
  baseBytes: 1_000_000,
};
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-write-costs-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('with --write a plan starts from the new costs, and says which day and command they come from', async () => {
  const planned = join(folder, 'planned.json');
  const costs = assembleCosts(measured, NOW);
  const path = await writeCosts(costs, join(folder, 'results'), planned, NOW);
  expect(readMeasuredCosts(planned)).toEqual(costs);
  expect(await readFile(planned, 'utf8')).toBe(await readFile(path, 'utf8'));
  expect(costs.stores.memory.sessionBytes).toEqual({ process: 900, redis: 700, redisFixed: 80 });
  expect(costs.sources.requests).toContain('npm run lab -- measure-costs (2026-11-27');
});

test('without --write the costs are a file among the results, and nothing else is written', async () => {
  const path = await writeCosts(assembleCosts(measured, NOW), folder, undefined, NOW);
  expect(await readdir(folder)).toEqual(['measured-costs-2026-11-27T12-00-00-000Z.json']);
  expect(readMeasuredCosts(path).baseBytes).toBe(1_000_000);
});

test('a store that was not measured writes nothing, and is named', () => {
  const [missing = 'memory', ...others] = STORES;
  const processBytes = new Map(others.map((store) => [store, 900]));
  expect(() => assembleCosts({ ...measured, processBytes }, NOW)).toThrow(`the store "${missing}"`);
});
