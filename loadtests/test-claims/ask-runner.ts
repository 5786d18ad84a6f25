import { join } from 'node:path';
import { expect } from '@jest/globals';
import { planRuns } from '../src/plan/plan-runs.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry } from '../src/registry/registry.js';
import type { Run } from '../src/results/results.js';
import { judge } from '../src/rules/judge.js';

const registry = await loadRegistry();
const experiments = loadExperiments(join(import.meta.dirname, '../experiments'), registry);

/** Entries of arms as their files say, which no test has to run twice. */
const asWritten = new Map<string, Run[]>();

/**
 * The answer to each sentence of an experiment after one block, some arms given other options than its file says; `all` is given to
 * every arm.
 */
export async function askRunner(
  name: string,
  planted: Readonly<Record<string, object>>,
  all: object = {},
): Promise<Record<string, boolean | null>> {
  const chosen = experiments.filter((one) => one.name === name);
  const entries: Run[] = [];
  for (const run of planRuns(chosen, { blocks: 1, seed: 1, only: { scenarios: null, faults: null } }, registry)) {
    if (!('runner' in run)) throw new Error(`${name} has no runner`);
    const { experiment, arm, block, runner } = run;
    const key = `${name}/${arm.name}`;
    const known = planted[arm.name] === undefined ? asWritten.get(key) : undefined;
    const options = runner.options.parse({ ...arm.options, ...all, ...planted[arm.name] });
    const ran = known ?? (await runner.run({ experiment, arm: arm.name, block, options }, () => undefined));
    if (planted[arm.name] === undefined) asWritten.set(key, ran);
    entries.push(...ran);
  }
  expect(entries.filter(({ valid }) => !valid)).toEqual([]);
  return Object.fromEntries(judge(chosen, entries).map(({ claim, holds }) => [claim, holds]));
}
