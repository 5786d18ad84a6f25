import { join } from 'node:path';
import type { Engine, ObtainedK6, System as SystemFile } from '@holdfast/infra';
import type { UserLedger } from '../ledger/user-ledger.js';
import type { Measure } from '../measures/measure.js';
import type { Run } from '../results/results.js';
import { type RunPlan, runArm } from '../runners/run-arm.js';
import type { RunnerPlan } from '../runners/runner.js';
import type { RunWatcher } from '../runners/tell-seconds.js';
import { behindEngine, type SystemOfRun } from '../systems/behind-engine.js';
import { HoldfastSystem } from '../systems/holdfast-system.js';
import { type Group, groupsOf, needsRedisProxy, oneStart } from './groups-of.js';
import { lostRun } from './lost-run.js';
import type { PlannedRun } from './plan-runs.js';

export interface SetPlan {
  readonly runs: readonly PlannedRun[];
  /** Whether the fleets start anew for each block; if not, all fleets of the set run side by side from the beginning. */
  readonly freshFleets: boolean;
  readonly dataDir: string;
  /** The folder of programs that are built only once. */
  readonly programDir: string;
}

export interface SetTools {
  /** Missing where runners run everything. */
  readonly k6: ObtainedK6 | undefined;
  readonly system: SystemFile;
  readonly engines: ReadonlyMap<string, Engine>;
  readonly measures: readonly Measure[];
  /** Called before each run and each start, with the number of finished runs. */
  readonly onProgress: (done: number, title: string) => void;
  /** Called with the entries and ledgers of a run and with k6's own summary of it, as soon as it has ended. */
  readonly onFinished: (
    plan: PlannedRun,
    entries: readonly Run[],
    ledgers: readonly UserLedger[],
    summary?: string,
  ) => Promise<void>;
  /** Hears of each run of k6 while it is under way. */
  readonly watcher?: RunWatcher | undefined;
}

/** Runs a set's runs in their order. `end` stops early and leaves nothing running. */
export class SetRunner {
  private stopSystem: () => Promise<void> = async () => undefined;
  private stopGenerator: () => void | Promise<void> = () => undefined;
  private ended = false;
  /** The healing after the run before: it overlaps with the sign-in of the next run if that run shares no disturbed part with it. */
  private healing: { readonly run: RunPlan; readonly done: Promise<unknown> } | undefined;
  /** Runs whose disturbances could not be undone, so that the disturbed parts are not as they were started. */
  private broken: { readonly run: RunPlan; readonly because: string }[] = [];

  constructor(
    private readonly plan: SetPlan,
    private readonly tools: SetTools,
  ) {}

  async run(): Promise<void> {
    const { runs } = this.plan;
    let done = 0;
    for (const group of this.plan.freshFleets ? groupsOf(runs) : [oneStart(runs)]) {
      let system = await this.startFor(group, done);
      for (const run of group.runs) {
        if (this.ended) return;
        const broken = await this.whyBroken(run);
        if (broken !== undefined) {
          this.tools.onProgress(done, broken);
          await this.stop();
          system = await this.startFor(group, done);
        }
        this.tools.onProgress(done, `${run.experiment}: ${run.arm.name}, block ${run.block}`);
        await this.runOne(run, system);
        done++;
      }
      await this.stop();
    }
    this.tools.onProgress(runs.length, 'done');
  }

  async end(): Promise<void> {
    this.ended = true;
    // A runner may have started servers of its own.
    await this.stopGenerator();
    // Healing ends with the system.
    await this.stopSystem();
  }

  /** The system with the scenarios of the group, or the reason why there is none. */
  private async startFor({ runs, scenarios }: Group, done: number): Promise<HoldfastSystem | string> {
    if (scenarios.length === 0) return 'no scenario is running';
    this.tools.onProgress(done, `starting ${scenarios.length === 1 ? scenarios[0] : `${scenarios.length} scenarios`}`);
    const redisProxy = runs.some((run) => !('runner' in run) && needsRedisProxy(run));
    const start = (): Promise<HoldfastSystem> => this.start(scenarios, redisProxy);
    // Every run of a block depends on the start, so that a busy machine gets a second chance.
    return start().catch(async () => {
      await this.stopSystem();
      return start().catch(describe);
    });
  }

  private async start(scenarios: readonly string[], redisProxy: boolean): Promise<HoldfastSystem> {
    // A system that starts after the end would not be ended by anything.
    if (this.ended) throw new Error('the comparison was ended');
    this.broken = [];
    const { dataDir, programDir } = this.plan;
    const place = { dataDir: join(dataDir, 'system'), programDir, redisProxy };
    return HoldfastSystem.start(this.tools.system, scenarios, place, (stop) => {
      this.stopSystem = stop;
    });
  }

  private async stop(): Promise<void> {
    await this.healing?.done;
    this.healing = undefined;
    await this.stopSystem();
  }

  /** The effect of an earlier run that could not be undone, if this run would meet it. */
  private async whyBroken(next: PlannedRun): Promise<string | undefined> {
    if ('runner' in next) return undefined;
    if (this.healing !== undefined && sharesDisturbed(this.healing.run, next, this.tools.system))
      await this.healing.done;
    const broken = this.broken.find(({ run }) => sharesDisturbed(run, next, this.tools.system));
    return (
      broken && `what ${broken.run.experiment} did to ${broken.run.arm.name} could not be undone: ${broken.because}`
    );
  }

  private async runByRunner(run: RunnerPlan): Promise<void> {
    const { experiment, arm, block, runner } = run;
    const task = { experiment, arm: arm.name, block, options: runner.options.parse(arm.options) };
    const entries = await runner
      .run(task, (stop) => {
        this.stopGenerator = stop;
      })
      .catch((error: unknown) => [lostRun(run, describe(error))]);
    if (!this.ended) await this.tools.onFinished(run, entries, []);
  }

  /** The system of this run, behind the load balancer of its arm. */
  private behind({ arm }: RunPlan, system: HoldfastSystem): Promise<SystemOfRun> {
    const engine = this.tools.engines.get(arm.engine);
    if (engine === undefined) throw new Error(`there is no engine "${arm.engine}"`);
    const dir = join(this.plan.dataDir, `engine-${arm.name}`);
    return behindEngine(engine, system, { file: this.tools.system, scenario: arm.scenario, dir });
  }

  private async runOne(run: PlannedRun, system: HoldfastSystem | string): Promise<void> {
    if ('runner' in run) return this.runByRunner(run);
    const { k6 } = this.tools;
    if (typeof system === 'string') return this.tools.onFinished(run, [lostRun(run, system)], []);
    if (k6 === undefined) throw new Error('a run of k6 needs k6');
    let endEngine = async (): Promise<void> => undefined;
    try {
      const behind = await this.behind(run, system);
      endEngine = () => behind.stop();
      const { entries, ledgers, summary, error, heal } = await runArm(run, behind, {
        ...{ ...this.tools, k6 },
        onStart: (stop) => {
          this.stopGenerator = stop;
        },
      });
      await this.healing?.done;
      this.healing = {
        run,
        done: heal()
          .catch((error: unknown) => this.broken.push({ run, because: describe(error) }))
          .then(endEngine),
      };
      const left = error === undefined ? entries : [lostRun(run, describe(error))];
      if (!this.ended) await this.tools.onFinished(run, left, ledgers, summary);
    } catch (error) {
      await endEngine();
      if (!this.ended) await this.tools.onFinished(run, [lostRun(run, describe(error))], []);
    }
  }
}

/** Whether a disturbance of the run before, or its proxy before Redis, affects the next run, through their fleet or a shared part. */
export function sharesDisturbed(
  before: Pick<RunPlan, 'arm' | 'disturbances'>,
  next: Pick<RunPlan, 'arm'>,
  { scenarios }: Pick<SystemFile, 'scenarios'>,
): boolean {
  const fleetOf = ({ scenario }: RunPlan['arm']): string => scenarios[scenario]?.fleet ?? scenario;
  if (fleetOf(before.arm) === fleetOf(next.arm) || before.arm.options.redisRoundTripMs !== undefined) return true;
  return before.disturbances.some(({ disturbance }) => disturbance.needs.some((part) => part !== 'servers'));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
