import type { MemorySample } from '../measures/measure.js';
import { residentBytes } from '../systems/resident-memory.js';

/** Long enough that a run of usual length is hardly asked for its processes. */
export const MEMORY_EVERY_MS = 30_000;

/** Memory of an arm's processes in the course of a run. A process that was started anew has another pid, and samples of its own. */
export class MemorySamples {
  readonly byPid = new Map<number, MemorySample[]>();

  constructor(private readonly read: (pid: number) => number | undefined = residentBytes) {}

  take(atMs: number, pids: readonly number[]): void {
    for (const pid of pids) {
      const bytes = this.read(pid);
      if (bytes === undefined) continue;
      const samples = this.byPid.get(pid) ?? [];
      samples.push({ atMs, bytes });
      this.byPid.set(pid, samples);
    }
  }
}
