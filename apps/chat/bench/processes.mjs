import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const msPerTick = 10;

/**
 * Instances of a chat server, each a process that says `{ port }` when it listens and ends when we do.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 * @param {number} count
 */
export async function startInstances(program, env, count = 3) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const stdio = /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'ignore', 'inherit', 'ipc']);
  const start = (/** @type {number} */ index, port = 0) =>
    fork(file, { stdio, env: { ...process.env, PORT: String(port), INSTANCE_ID: `chat-${index + 1}`, ...env } });
  const children = Array.from({ length: count }, (_, index) => start(index));
  const ports = await Promise.all(children.map(portOf));
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    /** User and system time of all of them. */
    cpuMs: () => children.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
    /** Ends one like a crash; resolves once it is gone. */
    kill: (/** @type {number} */ index) => end(children[index]),
    /** Starts one that was killed, on its port; resolves once it listens. */
    async restart(/** @type {number} */ index) {
      const child = start(index, ports[index]);
      children[index] = child;
      await portOf(child);
    },
    stop: () => Promise.all(children.map(end)),
  };
}

/** The address at which it listens. Rejects when it ends before. */
async function portOf(/** @type {import('node:child_process').ChildProcess} */ child) {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`an instance ended before it listened, exit code ${code}`);
  });
  const [{ port }] = await Promise.race([once(child, 'message'), ended]);
  return /** @type {number} */ (port);
}

async function end(/** @type {import('node:child_process').ChildProcess | undefined} */ child) {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function cpuMsOf(/** @type {number | undefined} */ pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}
