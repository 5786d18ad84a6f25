import { type ChildProcess, spawn } from 'node:child_process';
import type { AppPlan } from './fleet-plan.js';
import { guardian } from './guardian/guardian.js';
import { isStopped, readProcessUsage } from './process-usage.js';
import { restartDelayMs } from './restart-delay.js';

/**
 * A `killed` or `stopped` process ended on purpose and stays down until a restart; a `crashed` one restarts with growing delay.
 * `unreachable`: the process may run but does not answer (stores only).
 */
export type ReplicaState = 'starting' | 'ready' | 'paused' | 'stopped' | 'killed' | 'crashed' | 'unreachable';

/** A replica as the control API shows it. */
export interface ReplicaStatus {
  readonly id: string;
  readonly app: string;
  readonly fleet: string;
  readonly pid: number | null;
  readonly port: number;
  readonly state: ReplicaState;
  readonly restarts: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** ISO 8601, or null before the first start. */
  readonly startedAt: string | null;
  /** The delay that a proxy adds to a store's answers; only where such a proxy exists. */
  readonly addedLatencyMs?: number;
  /** Milliseconds that a store's last probe took, its connection included; null when it was not answered. Stores only. */
  readonly latencyMs?: number | null;
}

export interface ReplicaEvents {
  output(chunk: Buffer): void;
  state(state: ReplicaState, detail: string): void;
}

/** A process that the control API shows and steers: a replica, or a store that stands beside the fleet. */
export interface ControlledProcess {
  readonly id: string;
  status(): ReplicaStatus;
  /** Each returns false when the process's state does not allow it. */
  kill(): Promise<boolean>;
  pause(): boolean;
  resume(): boolean;
  restart(): Promise<boolean>;
  /** Delays its answers from now on; 0 ends the delay. Resolves to the reason if it cannot, else to undefined. */
  slow?(ms: number): Promise<string | undefined>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 12_000;

/** One process of an app. It is ready once it has said `{ type: 'ready' }` over IPC. */
export class Replica {
  private child: ChildProcess | undefined;
  private state: ReplicaState = 'stopped';
  private restarts = 0;
  private crashes = 0;
  private startedAt: Date | null = null;
  private crashTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly id: string,
    readonly plan: AppPlan,
    /** Changes only before the first start. */
    public port: number,
    private readonly events: ReplicaEvents,
  ) {}

  /** Starts the process and resolves once it is ready. Rejects when it ends or is not ready within 60 s. */
  async start(): Promise<void> {
    if (this.child !== undefined) return;
    clearTimeout(this.crashTimer);
    const child = spawn(this.plan.command, this.plan.args, {
      cwd: this.plan.cwd,
      env: { ...process.env, ...this.plan.env, INSTANCE_ID: this.id, PORT: String(this.port) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Not in our process group: Ctrl-C reaches us alone, and we end replicas in good order.
      detached: true,
    });
    this.child = child;
    // It watches its IPC channel itself, unless it is paused or hangs when we are killed.
    guardian().watch(child);
    this.startedAt = new Date();
    this.enter('starting', `pid ${child.pid ?? 'none'}`);
    child.stdout?.on('data', this.events.output);
    child.stderr?.on('data', this.events.output);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`${this.id} was not ready within ${START_TIMEOUT_MS / 1000} s`));
      }, START_TIMEOUT_MS);
      child.on('message', (message) => {
        if (!isReady(message)) return;
        clearTimeout(timer);
        this.crashes = 0;
        this.enter('ready', `port ${this.port}`);
        resolve();
      });
      child.once('error', (error) => this.ended(child, error.message));
      child.once('exit', (code, signal) => this.ended(child, signal ?? `exit code ${code}`));
      child.once('close', () => {
        clearTimeout(timer);
        reject(new Error(`${this.id} ended before it was ready`));
      });
    });
  }

  /** Sends SIGKILL, like the loss of a server. Resolves when the process is gone; it stays down until `restart`. */
  async kill(): Promise<void> {
    await this.end('killed', 'SIGKILL');
  }

  /** SIGTERM, and SIGKILL if it has not ended within 12 s. */
  async stop(): Promise<void> {
    await this.end('stopped', 'SIGTERM');
  }

  /** SIGSTOP: the half-dead server whose connections stay open. False unless the replica is ready. */
  pause(): boolean {
    if (this.seenState() !== 'ready') return false;
    this.child?.kill('SIGSTOP');
    this.enter('paused', 'SIGSTOP');
    return true;
  }

  /** False unless the replica is paused. */
  resume(): boolean {
    if (this.seenState() !== 'paused') return false;
    this.child?.kill('SIGCONT');
    this.enter('ready', 'SIGCONT');
    return true;
  }

  /** Stops it if it runs, starts it on the same port, and resolves once it is ready. */
  async restart(): Promise<void> {
    await this.stop();
    this.restarts++;
    await this.start();
  }

  status(): ReplicaStatus {
    const pid = this.child?.pid ?? null;
    const usage = pid === null ? undefined : readProcessUsage(pid);
    return {
      id: this.id,
      app: this.plan.app,
      fleet: this.plan.fleet,
      pid,
      port: this.port,
      state: this.seenState(),
      restarts: this.restarts,
      cpuSeconds: usage?.cpuSeconds ?? 0,
      rssBytes: usage?.rssBytes ?? 0,
      startedAt: this.startedAt?.toISOString() ?? null,
    };
  }

  /** A ready process that something else has frozen (`kill -STOP`) is paused as well. */
  private seenState(): ReplicaState {
    const pid = this.child?.pid;
    return this.state === 'ready' && pid !== undefined && isStopped(pid) ? 'paused' : this.state;
  }

  private async end(state: 'killed' | 'stopped', signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    clearTimeout(this.crashTimer);
    const child = this.child;
    if (child === undefined) return this.enter(state, 'was not running');
    this.enter(state, signal);
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // A stopped process cannot act on SIGTERM.
    child.kill('SIGCONT');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  }

  private ended(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (this.state === 'killed' || this.state === 'stopped') return;
    this.crashes++;
    const delayMs = restartDelayMs(this.crashes);
    this.enter('crashed', `${how}; next start in ${delayMs} ms`);
    this.crashTimer = setTimeout(() => {
      this.restarts++;
      // A failed start reports itself as the next crash.
      this.start().catch(() => undefined);
    }, delayMs);
  }

  private enter(state: ReplicaState, detail: string): void {
    this.state = state;
    this.events.state(state, detail);
  }
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}
