import { readFileSync } from 'node:fs';

export interface ProcessUsage {
  /** User and system time since the process started. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Linux reports process times in ticks of 1/100 s to user space on every platform Node supports (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** The CPU time and memory of a process, from /proc; undefined without /proc or after the process is gone. */
export function readProcessUsage(pid: number): ProcessUsage | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** True while the process is stopped by a signal (SIGSTOP, SIGTSTP), ours or another's; false where there is no /proc. */
export function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] === 'T';
  } catch {
    return false;
  }
}

/** Parses the text of /proc/<pid>/stat; the program's name may hold spaces and brackets, so fields count from its last `)`. */
export function parseStat(stat: string): ProcessUsage {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks, rssPages] = [fields[11], fields[12], fields[21]].map(Number);
  return {
    cpuSeconds: ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS_PER_SECOND,
    rssBytes: (rssPages ?? 0) * PAGE_BYTES,
  };
}
