/**
 * The guardian: a separate process that outlives its parent by a moment, ends the processes that the parent started and deletes
 * the files that it named. A parent that is killed with SIGKILL cannot clean up; the pipe to its guardian still closes.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, processGroup, startedAt } from './process-identity.js';

/** A message from the parent to its guardian: one JSON document a line on standard input. */
export type GuardianMessage =
  | { readonly type: 'watch'; readonly pid: number; readonly group: boolean }
  | { readonly type: 'unwatch'; readonly pid: number }
  | { readonly type: 'remove-path'; readonly path: string }
  | { readonly type: 'keep-path'; readonly path: string };

const graceMs = Number(process.argv[2] ?? 5000);
const watched = new Map<number, { readonly started: string | undefined; readonly group: boolean }>();
const paths = new Set<string>();

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => handle(JSON.parse(line) as GuardianMessage));
lines.once('close', () => void cleanUp());

function handle(message: GuardianMessage): void {
  switch (message.type) {
    case 'watch':
      watched.set(message.pid, { started: startedAt(message.pid), group: message.group });
      return;
    case 'unwatch':
      watched.delete(message.pid);
      return;
    case 'remove-path':
      paths.add(message.path);
      return;
    case 'keep-path':
      paths.delete(message.path);
      return;
  }
}

// The terminal's Ctrl-C and hang-up are for the parent; the guardian ends after the parent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function cleanUp(): Promise<void> {
  for (const pid of stillOurs()) {
    // A stopped process cannot act on SIGTERM.
    signal(pid, 'SIGCONT');
    signal(pid, 'SIGTERM');
  }
  const deadline = Date.now() + graceMs;
  while (stillOurs().length > 0 && Date.now() < deadline) await delay(20);
  for (const pid of stillOurs()) signal(pid, 'SIGKILL');
  while (stillOurs().length > 0 && Date.now() < deadline + 2000) await delay(20);
  for (const path of paths) await rm(path, { recursive: true, force: true }).catch(() => {});
  process.exit(0);
}

/** Process ids are reused: the guardian leaves an id alone that now belongs to a later process. */
function stillOurs(): number[] {
  return [...watched].flatMap(([pid, { started, group }]) => {
    if (isAlive(pid) && startedAt(pid) !== started) return [];
    return (group ? processGroup(pid) : [pid]).filter(isAlive);
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in between.
  }
}
