import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, startedAt } from '@holdfast/fleet';

/** A server that lives on after the command that started it. */
export interface BackgroundProcess {
  readonly pid: number;
  /** What clients connect to. */
  readonly address: string;
}

interface Note extends BackgroundProcess {
  readonly startedAt: string | undefined;
}

/** Records the server under this name, so that a later command finds it. */
export function remember(dataDir: string, name: string, { pid, address }: BackgroundProcess): void {
  const note: Note = { pid, address, startedAt: startedAt(pid) };
  mkdirSync(join(dataDir, 'up'), { recursive: true, mode: 0o700 });
  writeFileSync(notePath(dataDir, name), JSON.stringify(note), { mode: 0o600 });
}

/** The server of that name, if it still runs. Another process with a reused id does not count. */
export function recall(dataDir: string, name: string): BackgroundProcess | undefined {
  try {
    const note = JSON.parse(readFileSync(notePath(dataDir, name), 'utf8')) as Note;
    return isAlive(note.pid) && startedAt(note.pid) === note.startedAt ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Ends it (SIGTERM, SIGKILL after 15 s) and forgets it. Resolves once it is gone. */
export async function endBackground(dataDir: string, name: string): Promise<boolean> {
  const running = recall(dataDir, name);
  if (running !== undefined) {
    process.kill(running.pid, 'SIGTERM');
    for (const deadline = Date.now() + 15_000; recall(dataDir, name) !== undefined; await delay(50)) {
      if (Date.now() > deadline) process.kill(running.pid, 'SIGKILL');
    }
  }
  rmSync(notePath(dataDir, name), { force: true });
  return running !== undefined;
}

function notePath(dataDir: string, name: string): string {
  return join(dataDir, 'up', `${name}.json`);
}
