import { readdirSync, readFileSync } from 'node:fs';

/** The processes of a group, its leader first: a shell may stay in front of the server that it started. Without Linux, only the leader. */
export function processGroup(leader: number): number[] {
  const others = processIds().filter((pid) => pid !== leader && groupOf(pid) === leader);
  return [leader, ...others];
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** proc(5): the fields after the name in brackets begin with state, parent and group. */
function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return undefined;
  }
}
