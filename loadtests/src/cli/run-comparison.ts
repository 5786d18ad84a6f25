import { join } from 'node:path';
import { obtainK6, readSystem, sayOnStderr } from '@holdfast/infra';
import { describeMachine } from '../machine.js';
import { planRuns, runKey } from '../plan/plan-runs.js';
import { SetRunner } from '../plan/run-set.js';
import type { Registry } from '../registry/registry.js';
import type { Experiment, Results, Run } from '../results/results.js';
import { ResultsFolder } from '../results/results-folder.js';
import { judge } from '../rules/judge.js';
import { BadArguments } from './bad-arguments.js';
import { endOnSignal } from './end-on-signal.js';
import { liveLines } from './live-lines.js';
import { type Progress, progressLine, showProgress } from './progress-bar.js';

/** The comparison to run. */
export interface Comparison {
  readonly experiments: readonly Experiment[];
  readonly set: string;
  readonly blocks: number;
  readonly seed: number;
  readonly only: Results['only'];
  readonly freshFleets: boolean;
  /** The command that makes this again. */
  readonly command: string;
  readonly folder: string;
  /** Entries of an interrupted comparison, which are kept and not run again. */
  readonly before: Results | undefined;
}

/**
 * Runs a comparison. results.json and the reports are written before the first run and after every run, so that `--resume` can go on
 * with an interrupted comparison.
 * Resolves with the results; on a signal it ends everything it started and exits with 130.
 */
export async function runComparison(comparison: Comparison, registry: Registry, dataDir: string): Promise<Results> {
  const { blocks, seed, only, before } = comparison;
  const folder = new ResultsFolder(comparison.folder);
  const planned = planRuns(comparison.experiments, { blocks, seed, only }, registry);
  for (const sentence of comparison.experiments.flatMap(({ notPlanned = [] }) => notPlanned)) sayOnStderr(sentence);
  if (planned.length === 0) throw new BadArguments(whyNothing(comparison));
  let machine = before?.machine ?? (await describeMachine('not used'));
  // An experiment without any of the requested arms or disturbances is not part of this comparison.
  const experiments = comparison.experiments.filter(({ name }) =>
    planned.some(({ experiment }) => experiment === name),
  );
  // An invalid run decides nothing and is made again.
  const invalid = new Set(before?.runs.filter(({ valid }) => !valid).map(runKey));
  const runs: Run[] = (before?.runs ?? []).filter((run) => !invalid.has(runKey(run)));
  const done = new Set(runs.map(runKey));
  const left = planned.filter((run) => !done.has(runKey(run)));
  const startedAt = before?.startedAt ?? new Date().toISOString();
  const resultsNow = (finished: boolean): Results => ({
    ...{ startedAt, seed, blocks, only, set: comparison.set, command: comparison.command, machine, runs },
    ...{ plannedRuns: planned.length, finished },
    experiments: [...experiments],
    verdicts: judge(experiments, runs),
  });
  let runner: SetRunner | undefined;
  endOnSignal(comparison.folder, async () => runner?.end());
  await folder.write(resultsNow(false));
  const k6 = planned.every((run) => 'runner' in run) ? undefined : await obtainK6(dataDir);
  // The version of the runs that are kept stays.
  if (k6 !== undefined && runs.length === 0) machine = { ...machine, k6: k6.version };
  for (const id of new Set(left.map(({ arm }) => arm.engine)))
    await registry.engines.get(id)?.program?.obtain(sayOnStderr);
  const progress: Progress = { all: left.length, begunAtMs: Date.now() };
  runner = new SetRunner(
    { runs: left, freshFleets: comparison.freshFleets, dataDir: join(comparison.folder, 'data'), programDir: dataDir },
    {
      ...{ k6, system: readSystem(), engines: registry.engines, measures: [...registry.measures.values()] },
      onProgress: (count, title) => showProgress(progressLine(progress, count, title)),
      watcher: process.env.LAB_LIVE === undefined ? undefined : liveLines,
      onFinished: async (_plan, entries, ledgers, summary) => {
        runs.push(...entries);
        const [entry] = entries;
        if (entry !== undefined && ledgers.length > 0) await folder.writeLedgers(entry, ledgers, summary);
        await folder.write(resultsNow(false));
      },
    },
  );
  try {
    await runner.run();
  } finally {
    await runner.end();
  }
  const results = resultsNow(true);
  await folder.write(results);
  return results;
}

/** The sentence about a comparison without a single run. */
function whyNothing({ set, only: { scenarios, faults } }: Pick<Comparison, 'set' | 'only'>): string {
  const flags = [
    ...(scenarios === null ? [] : [`--scenario ${scenarios.join(',')}`]),
    ...(faults === null ? [] : [`--fault ${faults.join(',')}`]),
  ];
  if (flags.length === 0) return 'Nothing can run behind these load balancers; choose others with --engine.';
  const further = set === 'deep' ? 'choose others' : 'choose others, or --deep, which has every experiment';
  return `No experiment of the ${set} set has ${flags.join(' together with ')}; ${further}.`;
}
