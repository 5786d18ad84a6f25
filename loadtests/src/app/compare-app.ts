import { join } from 'node:path';
import { type ObtainedK6, obtainK6 } from '@holdfast/infra';
import { type Progress, progressLine } from '../cli/progress-bar.js';
import { describeMachine } from '../machine.js';
import { lostRun } from '../plan/lost-run.js';
import { planRuns, runKey } from '../plan/plan-runs.js';
import type { Registry } from '../registry/registry.js';
import type { Experiment, Results, Run } from '../results/results.js';
import { ResultsFolder } from '../results/results-folder.js';
import { judge } from '../rules/judge.js';
import type { RunPlan } from '../runners/run-arm.js';
import { type AppArm, journeyOf } from './app-experiment.js';
import type { AppFile } from './app-file.js';
import { onAppSystem, runAppArm } from './run-app-arm.js';
import { showWalk } from './show-walk.js';
import { walk } from './walk.js';

/** The comparison to run on an app that is not ours. */
export interface AppComparison {
  readonly app: AppFile;
  readonly arms: readonly AppArm[];
  readonly experiment: Experiment;
  readonly blocks: number;
  readonly seed: number;
  readonly only: Results['only'];
  readonly set: string;
  readonly command: string;
  readonly folder: string;
  /** Entries of an interrupted comparison, which are kept and not run again. */
  readonly before: Results | undefined;
}

/** Walks the journey, then runs every arm on an app, gateway and stores started for it alone. */
export class AppRunner {
  private stop: () => Promise<void> = async () => undefined;
  private ended = false;
  private readonly onStart = (stop: () => Promise<void>): void => {
    this.stop = stop;
  };

  private readonly folder: ResultsFolder;
  private readonly planned: readonly RunPlan[];
  /** The entries of all runs so far; valid ones of an interrupted comparison are the first. */
  private readonly runs: Run[];
  private readonly startedAt: string;

  constructor(
    private readonly comparison: AppComparison,
    private readonly registry: Registry,
    private readonly dataDir: string,
  ) {
    const { app, experiment, blocks, seed, only, before } = comparison;
    this.folder = new ResultsFolder(comparison.folder);
    const journeys = new Map([['app', journeyOf(app)]]);
    this.planned = planRuns([experiment], { blocks, seed, only }, { ...registry, journeys }) as RunPlan[];
    const invalid = new Set(before?.runs.filter(({ valid }) => !valid).map(runKey));
    this.runs = (before?.runs ?? []).filter((run) => !invalid.has(runKey(run)));
    this.startedAt = before?.startedAt ?? new Date().toISOString();
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.stop();
  }

  /**
   * One user walks the journey on one server of every variant; prints each walk. Resolves with whether all walks came to
   * their end; of a new comparison whose walk did not, nothing is left. Results are written before the first walk.
   */
  async walk(say: (text: string) => unknown): Promise<boolean> {
    const { app, arms, folder, before } = this.comparison;
    await this.write(false, before?.machine ?? (await describeMachine('not used')));
    const k6 = await obtainK6(this.dataDir);
    const alone: AppFile = { ...app, replicas: 1, ...(app.servers && { servers: app.servers.slice(0, 1) }) };
    for (const variant of new Set(arms.map((arm) => arm.variant))) {
      if (this.ended) return false;
      say(`One user walks the journey of ${app.name}, variant ${variant}, on one server.\n`);
      const place = { variant, routing: 'round-robin', dir: join(folder, 'data', `walk-${variant}`) } as const;
      const seen = await onAppSystem(alone, place, this.onStart, (system, { onStart }) =>
        walk(alone, system.url(), k6, onStart),
      );
      say(`${showWalk(seen)}\n\n`);
      if (seen.wrong === undefined) continue;
      if (before === undefined && !this.ended) await this.folder.remove();
      return false;
    }
    return true;
  }

  /** Runs what is left; results.json and the reports are written after every run. */
  async run(onProgress: (line: string) => void): Promise<Results> {
    const { before } = this.comparison;
    const k6 = await obtainK6(this.dataDir);
    const isFirst = before === undefined || this.runs.length === 0;
    const machine = isFirst ? await describeMachine(k6.version) : before.machine;
    const done = new Set(this.runs.map(runKey));
    const left = this.planned.filter((plan) => !done.has(runKey(plan)));
    const progress: Progress = { all: left.length, begunAtMs: Date.now() };
    for (const [n, plan] of left.entries()) {
      if (this.ended) break;
      onProgress(progressLine(progress, n, `${plan.arm.name}, block ${plan.block}`));
      const entries = await this.runOne(plan, k6);
      if (this.ended) break;
      this.runs.push(...entries);
      await this.write(false, machine);
    }
    onProgress(progressLine(progress, left.length, 'done'));
    return this.write(!this.ended, machine);
  }

  private async write(finished: boolean, machine: Results['machine']): Promise<Results> {
    const { runs, startedAt, planned } = this;
    const { experiment, seed, blocks, only, set, app, command } = this.comparison;
    const results: Results = {
      ...{ startedAt, seed, blocks, only, set, app: app.name, command, machine, plannedRuns: planned.length, finished },
      ...{ experiments: [experiment], runs, verdicts: judge([experiment], runs) },
    };
    await this.folder.write(results);
    return results;
  }

  private async runOne(plan: RunPlan, k6: ObtainedK6): Promise<Run[]> {
    const { app, arms } = this.comparison;
    const arm = arms.find(({ name }) => name === plan.arm.name);
    if (arm === undefined) throw new Error(`${plan.arm.name} is no arm of ${app.name}`);
    const { variant, routing } = arm;
    const dir = join(this.folder.path, 'data', `${plan.arm.name}-${plan.block}`);
    const tools = { k6, measures: [...this.registry.measures.values()] };
    try {
      const { entries, ledgers, summary } = await runAppArm(app, { variant, routing, dir }, plan, tools, this.onStart);
      const [entry] = entries;
      if (entry !== undefined) await this.folder.writeLedgers(entry, ledgers, summary);
      return entries;
    } catch (error) {
      return [{ ...lostRun(plan, describe(error)), variant, routing }];
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
