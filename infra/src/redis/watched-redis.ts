import {
  type ControlledProcess,
  isStopped,
  type ReplicaState,
  type ReplicaStatus,
  readProcessUsage,
  restartDelayMs,
} from '@holdfast/fleet';
import type { Say } from '../progress.js';
import { givenRedisProblem } from './given-redis.js';
import type { ObtainedRedis } from './obtain-redis.js';

const PROBE_INTERVAL_MS = 1_000;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * The Redis of a running system, as the fleet's control API shows it. It is asked every second whether it answers. One that we
 * started is restarted on its data and port when it ends by itself, as replicas are; one that was given to us is only watched.
 */
export class WatchedRedis implements ControlledProcess {
  readonly id = 'redis';
  private state: ReplicaState = 'ready';
  private silent = false;
  private restarts = 0;
  private crashes = 0;
  private startedAt = new Date();
  private closed = false;
  private reviveTimer: NodeJS.Timeout | undefined;
  private probeTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: ObtainedRedis,
    private readonly say: Say,
  ) {
    redis.server?.onExit((how) => this.ended(how));
    this.probeLater();
  }

  status(): ReplicaStatus {
    const pid = this.pid();
    const usage = pid === null ? undefined : readProcessUsage(pid);
    return {
      id: this.id,
      app: 'redis',
      fleet: 'stores',
      pid,
      port: Number(new URL(this.redis.url).port || 6379),
      state: this.seenState(),
      restarts: this.restarts,
      cpuSeconds: usage?.cpuSeconds ?? 0,
      rssBytes: usage?.rssBytes ?? 0,
      startedAt: this.redis.server === undefined ? null : this.startedAt.toISOString(),
    };
  }

  async kill(): Promise<boolean> {
    const { server } = this.redis;
    if (server === undefined) return false;
    clearTimeout(this.reviveTimer);
    this.state = 'killed';
    await server.kill();
    return true;
  }

  pause(): boolean {
    if (this.redis.server === undefined || this.state !== 'ready' || this.seenState() === 'paused') return false;
    this.redis.server.pause();
    this.state = 'paused';
    return true;
  }

  resume(): boolean {
    if (this.redis.server === undefined || this.seenState() !== 'paused') return false;
    this.redis.server.resume();
    this.state = 'ready';
    return true;
  }

  async restart(): Promise<boolean> {
    const { server } = this.redis;
    if (server === undefined) return false;
    clearTimeout(this.reviveTimer);
    this.restarts++;
    await this.launch();
    return true;
  }

  /** Stops watching, and ends the server if it is ours. */
  async stop(): Promise<void> {
    this.closed = true;
    clearTimeout(this.reviveTimer);
    clearTimeout(this.probeTimer);
    this.state = 'stopped';
    await this.redis.stop();
  }

  private async launch(): Promise<void> {
    // Set first: the end of the process that is replaced is on purpose.
    this.state = 'starting';
    await this.redis.server?.restart();
    if (this.closed) return this.redis.stop();
    this.state = 'ready';
    this.crashes = 0;
    this.silent = false;
    this.startedAt = new Date();
  }

  private ended(how: string): void {
    if (this.closed || this.state === 'killed' || this.state === 'starting') return;
    this.say(`Redis ended unexpectedly (${how}): what needs it is answered with 503 until it is back`);
    this.reviveLater();
  }

  private reviveLater(): void {
    this.state = 'crashed';
    this.crashes++;
    this.reviveTimer = setTimeout(() => void this.revive(), restartDelayMs(this.crashes));
  }

  private async revive(): Promise<void> {
    this.restarts++;
    try {
      await this.launch();
      this.say(`Redis is back on port ${this.redis.server?.port} with its data`);
    } catch (error) {
      if (this.closed) return;
      this.say(error instanceof Error ? error.message : String(error));
      this.reviveLater();
    }
  }

  private probeLater(): void {
    this.probeTimer = setTimeout(() => void this.probe(), PROBE_INTERVAL_MS);
    this.probeTimer.unref();
  }

  private async probe(): Promise<void> {
    if (this.state === 'ready' || this.state === 'paused') {
      const silent = (await givenRedisProblem(new URL(this.redis.url), PROBE_TIMEOUT_MS)) !== undefined;
      if (silent !== this.silent && !this.closed && (this.state === 'ready' || this.state === 'paused')) {
        this.silent = silent;
        this.say(silent ? 'Redis does not answer: what needs it is answered with 503' : 'Redis answers again');
      }
    }
    if (!this.closed) this.probeLater();
  }

  private pid(): number | null {
    return this.redis.server === undefined || this.state === 'crashed' || this.state === 'killed'
      ? null
      : this.redis.server.pid;
  }

  private seenState(): ReplicaState {
    if (this.state !== 'ready') return this.state;
    const pid = this.pid();
    if (pid !== null && isStopped(pid)) return 'paused';
    return this.silent ? 'unreachable' : 'ready';
  }
}
