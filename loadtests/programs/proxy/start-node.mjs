import { fileURLToPath } from 'node:url';
import { spawnOwned } from './native.mjs';

/** Starts a program of this folder on `core` and waits for its port. */
export function startNode(file, env, core = '0', nodeArguments = [], node = process.execPath) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawnOwned('taskset', ['-c', core, node, ...nodeArguments, path], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (ready) => resolve({ ...ready, child, pids: () => [child.pid] }));
    child.once('exit', (code, signal) => reject(new Error(`${path} ended with ${code ?? signal}`)));
  });
}
