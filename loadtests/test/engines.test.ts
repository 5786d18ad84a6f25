import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { runComparison } from '../src/cli/run-comparison.js';
import { behindEngines } from '../src/plan/behind-engines.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';
import { markdownReport } from '../src/report/markdown.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');
const registry = await loadRegistry();

// The command says loudly what could not be had.
const k6 = await obtainK6(dataDir).catch(() => undefined);
const found = await Promise.all(
  ['nginx', 'haproxy'].map((id) =>
    registry.engines
      .get(id)
      ?.program?.obtain(() => undefined)
      .catch(() => undefined),
  ),
);
const hasAll = k6 !== undefined && found.every((path) => path !== undefined);

(hasAll ? test : test.skip)(
  'behind nginx and HAProxy a killed server costs exactly the users bound to it, in one report',
  async () => {
    const all = loadExperiments(join(import.meta.dirname, '../experiments'), registry);
    const crash = all.filter(({ name }) => name === 'crash');
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-engines-'));
    try {
      const only = { scenarios: ['sticky-cookie-local', 'ip-hash-local'], faults: ['kill'] };
      const experiments = behindEngines(crash, ['nginx', 'haproxy'], registry, only);
      const results = await runComparison(
        {
          ...{ experiments, only, set: 'quick', blocks: 1, seed: 1 },
          ...{ freshFleets: false, command: 'test', folder, before: undefined },
        },
        registry,
        dataDir,
      );
      const runs = results.runs.map(({ arm, phase, valid, invalidBecause }) => ({ arm, phase, valid, invalidBecause }));
      expect(runs.every(({ valid }) => valid) ? 'valid' : runs).toBe('valid');
      for (const scenario of ['sticky-cookie-local', 'ip-hash-local']) {
        for (const engine of ['nginx', 'haproxy']) {
          const after = results.runs.find((run) => run.arm === `${scenario}@${engine}` && run.phase === 'after');
          expect(after).toMatchObject({ engine, scenario });
          const { 'loggedOut.bound': bound, 'loggedOut.unbound': unbound } = after?.counted ?? {};
          expect(bound?.hit).toBeGreaterThan(1);
          expect(bound?.hit).toBe(bound?.of);
          expect(unbound?.hit).toBe(0);
          // Whose CPU time it is: of the engine's processes, not of our gateway.
          expect(after?.cost.gateway).toBeGreaterThan(0);
          expect(Object.keys(after?.perServer ?? {})).toEqual(['monolith-1', 'monolith-2', 'monolith-3']);
        }
      }
      expect(markdownReport(results)).toContain('Behind nginx and haproxy no verdict differs.');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
