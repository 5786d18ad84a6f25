import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const msPerTick = 10;

/**
 * Three instances of a chat server, each a process that says `{ port }` when it listens and ends when we do.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
export async function startInstances(program, env) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const stdio = /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'ignore', 'inherit', 'ipc']);
  const children = [1, 2, 3].map((n) =>
    fork(file, { stdio, env: { ...process.env, PORT: '0', INSTANCE_ID: `chat-${n}`, ...env } }),
  );
  const ports = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0].port));
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    /** Processor time all of them have used, user and system. */
    cpuMs: () => children.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
    kill: (/** @type {number} */ index) => children[index]?.kill('SIGKILL'),
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.kill('SIGKILL');
          await once(child, 'exit');
        }),
      );
    },
  };
}

function cpuMsOf(/** @type {number | undefined} */ pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
}
