import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainK6, readSystem } from '@holdfast/infra';
import { expect, test } from '@jest/globals';
import { redisOf } from '../src/disturbances/disturbance.js';
import { describeMachine } from '../src/machine.js';
import { planRuns } from '../src/plan/plan-runs.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';
import { ResultsFolder, readResults } from '../src/results/results-folder.js';
import { runArm } from '../src/runners/run-arm.js';
import { HoldfastSystem } from '../src/systems/holdfast-system.js';

const SCENARIO = 'round-robin-cached';
const root = join(import.meta.dirname, '../..');
const programDir = process.env.DATA_DIR || join(root, '.data');

// `npm test` says loudly when it could not be had.
const k6 = await obtainK6(programDir).catch(() => undefined);

(k6 === undefined ? test.skip : test)(
  'with a Redis that is gone before anyone registered no run is valid, no claim holds, and the exit code is 1',
  async () => {
    if (k6 === undefined) return;
    const registry = await loadRegistry();
    const [calm] = loadExperiments(join(root, 'loadtests/experiments'), registry).filter(({ name }) => name === 'calm');
    if (calm === undefined) throw new Error('there is no experiment "calm"');
    const experiments = [{ ...calm, load: { ...calm.load, users: 25, warmUp: '2s', measure: '2s' } }];
    const only = { scenarios: [SCENARIO], faults: null };
    const [plan] = planRuns(experiments, { blocks: 1, seed: 1, only }, registry);
    if (plan === undefined || 'runner' in plan) throw new Error('no run is planned');
    const path = await mkdtemp(join(tmpdir(), 'holdfast-lab-'));
    const place = { dataDir: join(path, 'data'), programDir, redisProxy: false };
    const system = await HoldfastSystem.start(readSystem(), [SCENARIO], place);
    try {
      await redisOf(await system.control(SCENARIO)).kill();
      const measures = [...registry.measures.values()];
      const { entries: runs } = await runArm(plan, system, { k6, measures, onStart: () => undefined });
      expect(runs).toMatchObject([{ valid: false, users: 25, loggedIn: 0 }]);
      await new ResultsFolder(path).write({
        ...{ startedAt: new Date().toISOString(), seed: 1, set: 'chosen', command: 'test', only, blocks: 1 },
        ...{ plannedRuns: 1, finished: true, machine: await describeMachine(k6.version), experiments, runs },
        verdicts: [],
      });
      const file = join(path, 'results.json');
      const [code] = await once(
        spawn(process.execPath, [join(root, 'loadtests/dist/cli.js'), '--from', file], { stdio: 'ignore' }),
        'exit',
      );
      const { verdicts } = await readResults(file);
      expect(verdicts).toHaveLength(calm.rules.length);
      expect(verdicts.filter(({ holds }) => holds !== null)).toEqual([]);
      expect(await readFile(join(path, 'report.md'), 'utf8')).toContain('No run was valid, so nothing is decided.');
      expect(code).toBe(1);
    } finally {
      await system.stop();
      await rm(path, { recursive: true, force: true });
    }
  },
  240_000,
);
