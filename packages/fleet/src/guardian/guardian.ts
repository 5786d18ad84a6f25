import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { GuardianMessage } from './guardian-process.js';

/** Ends processes and deletes paths once this process is gone, also after SIGKILL. */
export interface Guardian {
  /** This process will be ended (SIGCONT, SIGTERM, SIGKILL after five seconds) when ours is gone, unless it ended before. */
  watch(child: ChildProcess): void;
  /** The same with every process of the group that this process leads, such as a shell and what it started. */
  watchGroup(leader: ChildProcess): void;
  /** This file or folder will be deleted when our process is gone, after the watched processes have ended. */
  removePath(path: string): void;
  /** Forgets a path that is deleted already or may stay. */
  keepPath(path: string): void;
}

let shared: Guardian | undefined;

/** This process's guardian, started at first use. It costs one small process and never keeps ours running. */
export function guardian(): Guardian {
  shared ??= start(() => {
    shared = undefined;
  });
  return shared;
}

function start(onGone: () => void): Guardian {
  const script = fileURLToPath(new URL('./guardian-process.js', import.meta.url));
  // A pipe, not an IPC channel: Node drops IPC messages that a process had not read when the other end died.
  const child = spawn(process.execPath, [script, '5000'], {
    // Its own process group: a signal to our whole group must not reach it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  child.unref();
  child.once('exit', onGone);
  child.once('error', onGone);
  // Its pipe is a socket to Node, and need not keep us running.
  (child.stdin as Socket).unref();
  child.stdin.on('error', onGone);
  const tell = (message: GuardianMessage) => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const watch = (watched: ChildProcess, group: boolean): void => {
    const { pid } = watched;
    // It could not be started.
    if (pid === undefined) return;
    tell({ type: 'watch', pid, group });
    watched.once('exit', () => tell({ type: 'unwatch', pid }));
  };
  return {
    watch: (process) => watch(process, false),
    watchGroup: (leader) => watch(leader, true),
    removePath: (path) => tell({ type: 'remove-path', path }),
    keepPath: (path) => tell({ type: 'keep-path', path }),
  };
}
