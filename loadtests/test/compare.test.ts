import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { runComparison } from '../src/cli/run-comparison.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';
import { resultsSchema } from '../src/results/results.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');

// `npm test` says loudly when it could not be had.
const k6 = await obtainK6(dataDir).catch(() => undefined);

(k6 === undefined ? test.skip : test)(
  'with k6 on the real system, a killed server costs exactly the users bound to it, and nobody on a shared store',
  async () => {
    const registry = await loadRegistry();
    const experiments = loadExperiments(join(import.meta.dirname, '../experiments'), registry);
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-lab-'));
    try {
      const results = await runComparison(
        {
          ...{ experiments: experiments.filter(({ name }) => name === 'crash'), set: 'quick', blocks: 1, seed: 1 },
          only: { scenarios: ['sticky-cookie-local', 'round-robin-cached'], faults: ['kill'] },
          ...{ freshFleets: false, command: 'test', folder, before: undefined },
        },
        registry,
        dataDir,
      );
      const runs = results.runs.map(({ arm, phase, valid, invalidBecause }) => ({ arm, phase, valid, invalidBecause }));
      expect(runs.every(({ valid }) => valid) ? 'valid' : runs).toBe('valid');
      const after = (arm: string) => results.runs.find((run) => run.arm === arm && run.phase === 'after');
      const { 'loggedOut.bound': bound, 'loggedOut.unbound': unbound } = after('sticky-cookie-local')?.counted ?? {};
      expect(bound?.hit).toBeGreaterThan(3);
      expect(bound?.hit).toBe(bound?.of);
      expect(unbound?.hit).toBe(0);
      expect(after('round-robin-cached')).toMatchObject({ loggedOut: 0, todosLost: 0, store: { notStored: 0 } });
      expect(after('round-robin-cached')?.store?.shown).toBeGreaterThan(30);
      expect(after('sticky-cookie-local')?.store).toBeUndefined();
      // Every run of our gateway says which server answered, and what each process cost.
      expect(Object.keys(after('sticky-cookie-local')?.perServer ?? {})).toEqual([
        'monolith-1',
        'monolith-2',
        'monolith-3',
      ]);
      expect(after('round-robin-cached')?.cost.redis).toBeGreaterThan(0);
      // The file alone is enough to judge again.
      const written = resultsSchema.parse(JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')));
      expect(written).toEqual(results);
      expect(await readFile(join(folder, 'report.md'), 'utf8')).toContain('Holds');
      // k6's own summary of every metric is beside the ledgers: the service time beside the time since the intended start.
      const summary = JSON.parse(await readFile(join(folder, 'summaries/crash-1-round-robin-cached.json'), 'utf8'));
      for (const metric of ['http_req_duration', 'answer_time'])
        expect(summary.metrics[metric].values['p(99)']).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  300_000,
);
