import { fileURLToPath } from 'node:url';
import { spawnOwned } from './native.mjs';

const ours = fileURLToPath(new URL('../../packages/proxy/bench/', import.meta.url));
const theirs = fileURLToPath(new URL('.', import.meta.url));

/** Starts a Node contender of this folder on `core` and waits for its port. */
export function startNode(file, env, core = '0', nodeArguments = [], node = process.execPath) {
  return start(`${theirs}${file}`, env, core, nodeArguments, node);
}

/** The same for ours, whose programs lie beside the package: the lab knows nothing of it but its port. */
export function startOurs(file, env, core = '0', nodeArguments = [], node = process.execPath) {
  return start(`${ours}${file}`, env, core, nodeArguments, node);
}

function start(path, env, core, nodeArguments, node) {
  return new Promise((resolve, reject) => {
    const child = spawnOwned('taskset', ['-c', core, node, ...nodeArguments, path], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (ready) => resolve({ ...ready, child, pids: () => [child.pid] }));
    child.once('exit', (code, signal) => reject(new Error(`${path} ended with ${code ?? signal}`)));
  });
}
