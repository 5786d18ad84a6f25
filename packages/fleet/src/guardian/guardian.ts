import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GuardianMessage } from './guardian-process.js';

/** Ends processes and deletes paths once this process is gone, however it went (also after SIGKILL). */
export interface Guardian {
  /** This process will be ended (SIGCONT, SIGTERM, SIGKILL after five seconds) when ours is gone. */
  watch(pid: number): void;
  /** It has ended, or may live on. */
  unwatch(pid: number): void;
  /** This file or folder will be deleted when our process is gone, after the watched processes have ended. */
  removePath(path: string): void;
  /** It is deleted already, or may stay. */
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
  const child = fork(fileURLToPath(new URL('./guardian-process.js', import.meta.url)), ['5000'], {
    // Its own process group: a signal to our whole group must not reach it.
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
    env: { PATH: process.env.PATH },
  });
  child.unref();
  child.channel?.unref();
  child.once('exit', onGone);
  child.once('error', onGone);
  return {
    watch: (pid) => tell(child, { type: 'watch', pid }),
    unwatch: (pid) => tell(child, { type: 'unwatch', pid }),
    removePath: (path) => tell(child, { type: 'remove-path', path }),
    keepPath: (path) => tell(child, { type: 'keep-path', path }),
  };
}

function tell(child: ChildProcess, message: GuardianMessage): void {
  if (child.connected) child.send(message, () => {});
}
