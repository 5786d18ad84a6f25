import type { CpuGroup } from '../measures/measure.js';
import { cpuSeconds } from '../systems/cpu-time.js';

/** Moments of a run at which CPU time is read. The arm's processes have no requests from `idle` until `begun`. */
export type Moment = 'idle' | 'begun' | 'measured' | 'disturbed' | 'closing';

interface Snapshot {
  readonly atMs: number;
  readonly seconds: ReadonlyMap<number, number>;
}

/** CPU time of an arm's processes at a few moments of a run. A process that ends in between is counted up to the moment before. */
export class CpuSnapshots {
  private readonly moments = new Map<Moment, Snapshot>();
  private generator: number | undefined;

  constructor(
    private readonly servers: ReadonlyMap<string, number>,
    private readonly groups: Readonly<Record<Exclude<CpuGroup, 'generator'>, readonly number[]>>,
    private readonly read: (pid: number) => number | undefined = cpuSeconds,
    private readonly now: () => number = () => performance.now(),
  ) {}

  watchGenerator(pid: number | undefined): void {
    this.generator = pid;
  }

  take(moment: Moment): void {
    const pids = [...this.groups.gateway, ...this.groups.servers, ...this.groups.redis];
    if (this.generator !== undefined) pids.push(this.generator);
    const seconds = pids.flatMap((pid) => {
      const used = this.read(pid);
      return used === undefined ? [] : [[pid, used] as const];
    });
    this.moments.set(moment, { atMs: this.now(), seconds: new Map(seconds) });
  }

  /** CPU seconds by group; undefined for a group with a process that is unknown at either moment. */
  between(from: Moment, to: Moment): Record<CpuGroup, number | undefined> {
    return {
      gateway: this.sum(this.groups.gateway, from, to),
      servers: this.sum(this.groups.servers, from, to),
      redis: this.sum(this.groups.redis, from, to),
      generator: this.sum(this.generator === undefined ? [] : [this.generator], from, to),
    };
  }

  /** CPU seconds by group in a second without requests: health checks, heartbeats, timers. The generator then has nothing to do. */
  idle(): Record<CpuGroup, number | undefined> {
    const { gateway, servers, redis } = this.groups;
    return { gateway: this.idleOf(gateway), servers: this.idleOf(servers), redis: this.idleOf(redis), generator: 0 };
  }

  /** The same by server. */
  idleServers(): Record<string, number> {
    return this.byServer((pid) => this.idleOf([pid]));
  }

  serversBetween(from: Moment, to: Moment): Record<string, number> {
    return this.byServer((pid) => this.sum([pid], from, to));
  }

  private byServer(of: (pid: number) => number | undefined): Record<string, number> {
    return Object.fromEntries(
      [...this.servers].flatMap(([id, pid]) => {
        const seconds = of(pid);
        return seconds === undefined ? [] : [[id, seconds] as const];
      }),
    );
  }

  private idleOf(pids: readonly number[]): number | undefined {
    const used = this.sum(pids, 'idle', 'begun');
    const lastedMs = (this.moments.get('begun')?.atMs ?? 0) - (this.moments.get('idle')?.atMs ?? 0);
    return used === undefined || lastedMs <= 0 ? undefined : used / (lastedMs / 1000);
  }

  private sum(pids: readonly number[], from: Moment, to: Moment): number | undefined {
    if (pids.length === 0) return undefined;
    let total = 0;
    for (const pid of pids) {
      const [begin, end] = [from, to].map((moment) => this.moments.get(moment)?.seconds.get(pid));
      if (begin === undefined || end === undefined) return undefined;
      // Ticks may show a little less time than the threads did before.
      total += Math.max(0, end - begin);
    }
    return total;
  }
}
