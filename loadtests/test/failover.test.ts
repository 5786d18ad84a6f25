import { join } from 'node:path';
import { obtainToxiproxy } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { planRuns } from '../src/plan/plan-runs.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';
import { runSchema } from '../src/results/results.js';

const dataDir = process.env.DATA_DIR || join(import.meta.dirname, '../../.data');

// `npm test` says loudly when it could not be had.
const toxiproxy = await obtainToxiproxy(dataDir).catch(() => undefined);

(toxiproxy === undefined ? test.skip : test)(
  'on a real Sentinel, a primary that dies loses the logins its replica does not have, and none with WAIT',
  async () => {
    const registry = await loadRegistry();
    const all = loadExperiments(join(import.meta.dirname, '../experiments'), registry);
    const [experiment] = all.filter(({ name }) => name === 'failover');
    const arms = ['sentinel-100ms', 'sentinel-100ms-wait'];
    // On a busy machine few logins fall into 100 ms.
    const lagMs = 300;
    const planned = planRuns(
      experiment === undefined ? [] : [{ ...experiment, arms }],
      { blocks: 1, seed: 1, only: { scenarios: null, faults: null } },
      registry,
    );
    const lost = new Map<string, number>();
    for (const run of planned) {
      if (!('runner' in run)) continue;
      const options = run.runner.options.parse({ ...run.arm.options, lagMs });
      const task = { experiment: run.experiment, arm: run.arm.name, block: 1, options };
      const [entry] = await run.runner.run(task, () => undefined);
      const { counted } = runSchema.parse(entry);
      lost.set(run.arm.name, counted.sessionsLost?.hit ?? Number.NaN);
    }
    expect(lost.get('sentinel-100ms')).toBeGreaterThan(0);
    expect(lost.get('sentinel-100ms-wait')).toBe(0);
  },
  180_000,
);
