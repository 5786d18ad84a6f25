import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from '../../systems/cpu-time.js';

export type Part = 'gateway' | 'servers' | 'redis';

/** A process of the system that this process started. */
export interface SystemProcess {
  readonly part: Part;
  /** CPU time of all its threads so far. */
  readonly cpuUs: number;
  readonly residentBytes: number;
}

/** Reads /proc, so it works on Linux only: elsewhere it finds nothing. */
export function systemProcesses(): SystemProcess[] {
  const parents = new Map<number, number>();
  const pids = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  for (const pid of pids) parents.set(pid, parentOf(pid));
  return pids.flatMap((pid) => (isOurs(pid, parents) ? describe(pid) : []));
}

function describe(pid: number): SystemProcess[] {
  try {
    const part = partOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    if (part === undefined) return [];
    const residentPages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return [{ part, cpuUs: (cpuSeconds(pid) ?? 0) * 1e6, residentBytes: residentPages * 4096 }];
  } catch {
    // The process has ended meanwhile.
    return [];
  }
}

function partOf(commandLine: string): Part | undefined {
  if (/apps\/gateway\/dist\//.test(commandLine)) return 'gateway';
  if (/apps\/\w+\/dist\/main\.js/.test(commandLine)) return 'servers';
  return /redis-server|valkey-server/.test(commandLine) ? 'redis' : undefined;
}

function isOurs(pid: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === process.pid) return true;
  return false;
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
