import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, startedAt } from '@holdfast/fleet';

/** Servers that live on after the command that started them: one, or several that are one to their clients. */
export interface BackgroundServers {
  readonly pids: readonly number[];
  /** What clients connect to. */
  readonly address: string;
}

/** Servers that were started before. */
export interface KnownServers extends BackgroundServers {
  /** How many were started; the others have ended since. */
  readonly started: number;
}

interface Note {
  readonly address: string;
  readonly processes: readonly { readonly pid: number; readonly startedAt: string | undefined }[];
}

/** Records the servers under this name, so that a later command finds them. */
export function remember(dataDir: string, name: string, { pids, address }: BackgroundServers): void {
  const note: Note = { address, processes: pids.map((pid) => ({ pid, startedAt: startedAt(pid) })) };
  mkdirSync(join(dataDir, 'up'), { recursive: true, mode: 0o700 });
  writeFileSync(notePath(dataDir, name), JSON.stringify(note), { mode: 0o600 });
}

/** The servers of that name that still run; undefined if none does. Another process with a reused id does not count. */
export function recall(dataDir: string, name: string): KnownServers | undefined {
  try {
    const { address, processes } = JSON.parse(readFileSync(notePath(dataDir, name), 'utf8')) as Note;
    const alive = processes.filter((each) => isAlive(each.pid) && startedAt(each.pid) === each.startedAt);
    if (alive.length === 0) return undefined;
    return { address, pids: alive.map(({ pid }) => pid), started: processes.length };
  } catch {
    return undefined;
  }
}

/** Ends them (SIGTERM, SIGKILL after 15 s) and forgets them. Resolves once they are gone. */
export async function endBackground(dataDir: string, name: string): Promise<boolean> {
  const running = recall(dataDir, name);
  for (const pid of running?.pids ?? []) process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + 15_000;
  for (let left = recall(dataDir, name); left !== undefined; left = recall(dataDir, name)) {
    if (Date.now() > deadline) for (const pid of left.pids) process.kill(pid, 'SIGKILL');
    await delay(50);
  }
  rmSync(notePath(dataDir, name), { force: true });
  return running !== undefined;
}

function notePath(dataDir: string, name: string): string {
  return join(dataDir, 'up', `${name}.json`);
}
