import type { CpuGroup } from '../measures/measure.js';
import { cpuSeconds } from '../systems/cpu-time.js';

/** Moments of a run at which CPU time is read. */
export type Moment = 'measured' | 'disturbed' | 'closing';

/** CPU time of an arm's processes at a few moments of a run. A process that ends in between is counted up to the moment before. */
export class CpuSnapshots {
  private readonly moments = new Map<Moment, ReadonlyMap<number, number>>();
  private generator: number | undefined;

  constructor(
    private readonly servers: ReadonlyMap<string, number>,
    private readonly groups: Readonly<Record<Exclude<CpuGroup, 'generator'>, readonly number[]>>,
  ) {}

  watchGenerator(pid: number | undefined): void {
    this.generator = pid;
  }

  take(moment: Moment): void {
    const pids = [...this.groups.gateway, ...this.groups.servers, ...this.groups.redis];
    if (this.generator !== undefined) pids.push(this.generator);
    const seconds = pids.flatMap((pid) => {
      const used = cpuSeconds(pid);
      return used === undefined ? [] : [[pid, used] as const];
    });
    this.moments.set(moment, new Map(seconds));
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

  serversBetween(from: Moment, to: Moment): Record<string, number> {
    return Object.fromEntries(
      [...this.servers].flatMap(([id, pid]) => {
        const used = this.sum([pid], from, to);
        return used === undefined ? [] : [[id, used] as const];
      }),
    );
  }

  private sum(pids: readonly number[], from: Moment, to: Moment): number | undefined {
    if (pids.length === 0) return undefined;
    let total = 0;
    for (const pid of pids) {
      const [begin, end] = [this.moments.get(from)?.get(pid), this.moments.get(to)?.get(pid)];
      if (begin === undefined || end === undefined) return undefined;
      // Ticks may show a little less time than the threads did before.
      total += Math.max(0, end - begin);
    }
    return total;
  }
}
