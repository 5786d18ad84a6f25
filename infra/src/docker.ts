import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { guardian } from '@holdfast/fleet';
import { findOnPath } from './find-on-path.js';
import { runCommand } from './run-command.js';

/** The docker client, if it is installed and an engine answers it. */
export async function findDocker(): Promise<string | undefined> {
  const docker = findOnPath('docker');
  if (docker === undefined) return undefined;
  const info = await runCommand(docker, ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: 10_000 });
  return info.code === 0 ? docker : undefined;
}

/** A container that runs in the foreground of its client, so that it ends with us. */
export interface Container {
  /** False once it has ended. */
  running(): boolean;
  stop(): Promise<void>;
}

/** `docker run --rm` with these arguments. Removed when stopped or when our process is gone. */
export function runContainer(docker: string, args: readonly string[]): Container {
  const child: ChildProcess = spawn(docker, ['run', '--rm', '--init', ...args], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  guardian().watch(child);
  const running = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    running,
    async stop() {
      if (!running()) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const keepAlive = setInterval(() => {}, 1000);
      await ended;
      clearInterval(keepAlive);
    },
  };
}
