import type { MemorySample } from '../measures/measure.js';
import { residentBytes } from '../systems/resident-memory.js';

/** Long enough that a run of usual length is hardly asked for its processes. */
const EVERY_MS = 30_000;

/** The times of the samples in a run that ends then, milliseconds after the start. */
export function memoryTimes(untilMs: number): number[] {
  return Array.from({ length: Math.floor(untilMs / EVERY_MS) }, (_, n) => (n + 1) * EVERY_MS);
}

/** Memory of an arm's processes in the course of a run. A process that was started anew has another pid, and samples of its own. */
export class MemorySamples {
  readonly byPid = new Map<number, MemorySample[]>();

  take(atMs: number, pids: readonly number[]): void {
    for (const pid of pids) {
      const bytes = residentBytes(pid);
      if (bytes === undefined) continue;
      const samples = this.byPid.get(pid) ?? [];
      samples.push({ atMs, bytes });
      this.byPid.set(pid, samples);
    }
  }
}
