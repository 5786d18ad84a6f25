import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObtainedK6 } from '@holdfast/infra';
import { k6WarmUpMs, runK6 } from './k6/run-k6.js';
import { countRun, userLedgerSchema } from './ledger/count-run.js';
import { readLedgers } from './ledger/read-ledgers.js';
import type { Run } from './ledger/results.js';
import { clientAddresses } from './scenarios/client-addresses.js';
import type { Dose } from './scenarios/dose.js';
import { type Fault, injectAt } from './scenarios/fault.js';
import type { Scenario } from './scenarios/scenario.js';
import { freePorts } from './system/free-ports.js';
import { RunningSystem } from './system/running-system.js';

export interface Comparison {
  readonly k6: ObtainedK6;
  readonly scenarios: readonly Scenario[];
  readonly faults: readonly Fault[];
  readonly repeat: number;
  readonly seed: number;
  readonly dose: Dose;
  /** Told before each run, and once at the end. */
  readonly onProgress: (done: number, all: number, title: string) => void;
}

/** Runs every combination, one fleet at a time. `end` stops a comparison early and leaves nothing behind. */
export class Comparer {
  private system: RunningSystem | undefined;
  private k6Process: ChildProcess | undefined;
  private dir: string | undefined;
  private ended = false;

  constructor(private readonly comparison: Comparison) {}

  async run(): Promise<Run[]> {
    const { scenarios, faults, repeat, onProgress } = this.comparison;
    const all = scenarios.length * faults.length * repeat;
    const runs: Run[] = [];
    this.dir = await mkdtemp(join(tmpdir(), 'holdfast-lab-'));
    for (const fleet of new Set(scenarios.map((scenario) => scenario.fleet))) {
      const group = scenarios.filter((scenario) => scenario.fleet === fleet);
      onProgress(runs.length, all, `starting ${fleet}`);
      this.system = await this.launch(group, join(this.dir, 'data'));
      await this.system.ready;
      for (const scenario of group) {
        for (const fault of faults) {
          for (let n = 1; n <= repeat; n++) {
            onProgress(runs.length, all, `${scenario.name}${fault.midway ? ` with ${fault.name}` : ''}`);
            runs.push(await this.runOne(this.system, scenario, fault, n, runs.length));
          }
        }
      }
      await this.system.stop();
    }
    onProgress(all, all, 'done');
    await this.end();
    return runs;
  }

  async end(): Promise<void> {
    this.ended = true;
    this.k6Process?.kill('SIGTERM');
    await this.system?.stop();
    if (this.dir !== undefined) await rm(this.dir, { recursive: true, force: true });
  }

  private async launch(group: readonly Scenario[], dataDir: string): Promise<RunningSystem> {
    const [gateway = 0, admin = 0] = await freePorts(2);
    // Nobody would end a system that starts after the end.
    if (this.ended) throw new Error('the comparison was ended');
    return new RunningSystem(
      group.map(({ name }) => name),
      dataDir,
      { gateway, admin },
    );
  }

  private async runOne(
    system: RunningSystem,
    scenario: Scenario,
    fault: Fault,
    repeat: number,
    serial: number,
  ): Promise<Run> {
    const { dose, seed, k6 } = this.comparison;
    const { midway } = fault;
    const startAtMs = Date.now() + k6WarmUpMs;
    const plan = {
      ...dose,
      seed,
      baseUrl: system.url(scenario.name),
      startAtMs,
      stamp: `${startAtMs.toString(36)}${serial}`,
      addresses: clientAddresses(dose.users, seed),
    };
    const finished = runK6(k6, { journey: 'user-journey', plan, dir: this.dir ?? tmpdir() }, (child) => {
      this.k6Process = child;
    });
    const [{ lines, trend: answerTime }, faultAtMs] = await Promise.all([
      finished,
      midway && injectAt(startAtMs + dose.faultAtMs, () => midway.inject(system, scenario)),
    ]);
    const durationSeconds = (Date.now() - startAtMs) / 1000;
    await midway?.heal(system, scenario);
    return countRun(readLedgers(lines, userLedgerSchema), {
      ...{ scenario: scenario.name, fault: fault.name, repeat, users: dose.users },
      ...{ durationSeconds, faultAtMs, answerTime },
    });
  }
}
