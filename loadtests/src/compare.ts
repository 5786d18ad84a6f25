import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObtainedK6 } from '@holdfast/infra';
import { runK6 } from './k6/run-k6.js';
import { countRun, readLedgers } from './ledger/count-run.js';
import type { Run } from './ledger/results.js';
import { clientAddresses } from './scenarios/client-addresses.js';
import type { Dose } from './scenarios/dose.js';
import type { FaultName } from './scenarios/fault.js';
import type { Scenario } from './scenarios/scenario.js';
import { RunningSystem } from './system/running-system.js';

export interface Comparison {
  readonly k6: ObtainedK6;
  readonly scenarios: readonly Scenario[];
  readonly faults: readonly FaultName[];
  readonly repeat: number;
  readonly seed: number;
  readonly dose: Dose;
  /** Told before each run, and once at the end. */
  readonly onProgress: (done: number, all: number, title: string) => void;
}

/** k6 needs this long to load the journey and its users. */
const k6WarmUpMs = 1_500;

/** Runs every combination, one fleet at a time. `end` stops a comparison early and leaves nothing behind. */
export class Comparer {
  private system: RunningSystem | undefined;
  private k6Process: ChildProcess | undefined;
  private dir: string | undefined;

  constructor(private readonly comparison: Comparison) {}

  async run(): Promise<Run[]> {
    const { scenarios, faults, repeat, onProgress } = this.comparison;
    const all = scenarios.length * faults.length * repeat;
    const runs: Run[] = [];
    this.dir = await mkdtemp(join(tmpdir(), 'holdfast-lab-'));
    for (const fleet of new Set(scenarios.map((scenario) => scenario.fleet))) {
      const group = scenarios.filter((scenario) => scenario.fleet === fleet);
      onProgress(runs.length, all, `starting ${fleet}`);
      this.system = await RunningSystem.start(
        group.map(({ name }) => name),
        join(this.dir, 'data'),
      );
      for (const scenario of group) {
        for (const fault of faults) {
          for (let n = 1; n <= repeat; n++) {
            onProgress(runs.length, all, `${scenario.name}${fault === 'none' ? '' : ` with ${fault}`}`);
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
    this.k6Process?.kill('SIGTERM');
    await this.system?.stop();
    if (this.dir !== undefined) await rm(this.dir, { recursive: true, force: true });
  }

  private async runOne(
    system: RunningSystem,
    scenario: Scenario,
    fault: FaultName,
    repeat: number,
    serial: number,
  ): Promise<Run> {
    const { dose, seed, k6 } = this.comparison;
    const startAtMs = Date.now() + k6WarmUpMs;
    const plan = {
      ...dose,
      baseUrl: system.url(scenario.name),
      startAtMs,
      stamp: `${startAtMs.toString(36)}${serial}`,
      addresses: clientAddresses(dose.users, seed),
    };
    const finished = runK6(k6, plan, this.dir ?? tmpdir(), (child) => {
      this.k6Process = child;
    });
    const [{ lines, answerTime }, faultAtMs] = await Promise.all([
      finished,
      fault === 'none' ? undefined : this.killServerTwo(system, scenario, startAtMs + dose.faultAtMs),
    ]);
    const durationSeconds = (Date.now() - startAtMs) / 1000;
    if (fault !== 'none') await Promise.all(scenario.serverTwo.map((id) => system.restart(id)));
    return countRun(readLedgers(lines), {
      ...{ scenario: scenario.name, fault, repeat, users: dose.users },
      ...{ durationSeconds, faultAtMs, answerTime },
    });
  }

  private async killServerTwo(system: RunningSystem, scenario: Scenario, atMs: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, atMs - Date.now()));
    const faultAtMs = Date.now();
    await Promise.all(scenario.serverTwo.map((id) => system.kill(id)));
    return faultAtMs;
  }
}
