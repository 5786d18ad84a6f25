import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { guardian } from '@holdfast/fleet';
import { type LiveRun, readLive } from './read-live.js';
import { type LabProgress, readProgress } from './read-progress.js';
import type { Report, Reports } from './reports.js';

/** The lab ends what it started before it ends; longer than its own waits. */
const STOP_TIMEOUT_MS = 30_000;
const LINES_KEPT = 12;

/** An experiment that runs, or the last one that did. */
export interface LabRun {
  readonly experiment: string;
  readonly startedAt: string;
  /** `stopped`: somebody ended it. `failed`: it ended by itself without a valid result; `lines` say why. */
  readonly state: 'running' | 'stopping' | 'done' | 'stopped' | 'failed';
  /** Null until the lab has said how much there is to do: it may first build. */
  readonly progress: LabProgress | null;
  /** The last lines that the lab wrote and that are no progress. */
  readonly lines: readonly string[];
  /** The run that is under way, as far as it is; null before its first second. */
  readonly live: LiveRun | null;
  /** Results so far; null before the first run has ended. */
  readonly report: Report | null;
}

/** Runs experiments of the lab as a process of its own, one at a time. */
export class LabRuns {
  private child: ChildProcess | undefined;
  private experiment = '';
  private startedAt: Date | undefined;
  private state: LabRun['state'] = 'running';
  private progress: LabProgress | null = null;
  private lines: string[] = [];
  private live: LiveRun | null = null;

  constructor(
    private readonly root: string,
    private readonly reports: Pick<Reports, 'newestSince'>,
  ) {}

  get running(): boolean {
    return this.child !== undefined;
  }

  /** The experiment that runs, or the last one since the system started; null if there was none. */
  async status(): Promise<LabRun | null> {
    if (this.startedAt === undefined) return null;
    const { experiment, state, progress, lines, live } = this;
    const report = (await this.reports.newestSince(this.startedAt)) ?? null;
    return { experiment, state, progress, lines, live, report, startedAt: this.startedAt.toISOString() };
  }

  /** Starts one block of the experiment. False while one runs. */
  start(experiment: string): boolean {
    if (this.child !== undefined) return false;
    Object.assign(this, { experiment, startedAt: new Date(), state: 'running', progress: null, lines: [], live: null });
    const command = [join(this.root, 'infra/bin/lab.mjs'), 'run', experiment, '--blocks', '1'];
    const child = spawn(process.execPath, command, {
      cwd: this.root,
      // The lab tells each second of a run only to whom it says that it is drawn.
      env: { ...process.env, LAB_LIVE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C reaches us alone, and we end it in good order.
      detached: true,
    });
    this.child = child;
    guardian().watch(child);
    createInterface({ input: child.stderr }).on('line', (line) => this.hear(line));
    child.once('error', ({ message }) => this.lines.push(message));
    child.once('close', (code) => {
      this.child = undefined;
      this.state = this.state === 'stopping' ? 'stopped' : code === 0 ? 'done' : 'failed';
    });
    return true;
  }

  /** Ends the experiment with everything it started; what was measured stays. Resolves when it is gone. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.state = 'stopping';
    const gone = once(child, 'close');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  }

  private hear(line: string): void {
    const progress = readProgress(line);
    const live = readLive(line, this.live ?? undefined);
    // The lab says how far it is between its runs.
    if (progress !== undefined) Object.assign(this, { progress, live: null });
    else if (live !== undefined) this.live = live;
    else if (line.trim() !== '') this.lines = [...this.lines, line].slice(-LINES_KEPT);
  }
}
