import { readdirSync, readFileSync } from 'node:fs';

/** The unit of utime and stime in /proc: Linux gives them in hundredths of a second, independent of its own clock. */
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds of a process since it began; undefined when /proc cannot tell. Its threads are counted in nanoseconds, but the time of
 * ended threads is missing there; the process is counted in hundredths of a second, with all threads. The larger is nearer to the truth.
 */
export function cpuSeconds(pid: number): number | undefined {
  try {
    return Math.max(secondsOfThreads(pid), secondsInTicks(readFileSync(`/proc/${pid}/stat`, 'latin1')));
  } catch {
    return undefined;
  }
}

/** The name, in brackets, may contain spaces and brackets; utime and stime are the 12th and 13th number after it. */
export function secondsInTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function secondsOfThreads(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(tasks).map((task) => {
    const [onCpu = '0'] = readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ');
    return Number(onCpu);
  });
  return nanoseconds.reduce((sum, ns) => sum + ns, 0) / 1e9;
}
