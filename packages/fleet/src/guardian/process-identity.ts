import { readdirSync, readFileSync } from 'node:fs';

/** True while a process with this id exists and has not ended (a zombie has ended). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statFields(pid)?.[0] !== 'Z';
}

/** When the process began, in kernel ticks since boot; tells a reused id from the original. Undefined without /proc. */
export function startedAt(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The processes of a group, its leader first: a shell may stay in front of the program that it started. Without /proc, only the leader. */
export function processGroup(leader: number): number[] {
  return [leader, ...processIds().filter((pid) => pid !== leader && statFields(pid)?.[2] === String(leader))];
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** The fields of /proc/<pid>/stat after the command name, which may itself hold spaces and parentheses. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
