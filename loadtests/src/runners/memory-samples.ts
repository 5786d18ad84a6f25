import type { MemorySample, ProcessMemory } from '../measures/measure.js';
import { residentBytes } from '../systems/resident-memory.js';

/** Often enough for the usual memory of a process that collects each half minute or minute, and seldom in a run of usual length. */
const EVERY_MS = 10_000;

/** The times of the samples in a run that ends then, milliseconds after the start. */
export function memoryTimes(untilMs: number): number[] {
  return Array.from({ length: Math.floor(untilMs / EVERY_MS) }, (_, n) => (n + 1) * EVERY_MS);
}

/** Memory of an arm's processes in the course of a run. A process that was started anew has another pid, and samples of its own. */
export class MemorySamples {
  readonly byPid = new Map<number, ProcessMemory & { readonly samples: MemorySample[] }>();

  take(atMs: number, processes: Iterable<readonly [process: string, pid: number]>): void {
    for (const [process, pid] of processes) {
      const bytes = residentBytes(pid);
      if (bytes === undefined) continue;
      const known = this.byPid.get(pid) ?? { process, samples: [] };
      known.samples.push({ atMs, bytes });
      this.byPid.set(pid, known);
    }
  }
}
