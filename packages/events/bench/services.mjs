import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts processes that each serve requests and consume events, see service.mjs. */
export async function startServices(/** @type {number} */ count, /** @type {NodeJS.ProcessEnv} */ env) {
  const program = fileURLToPath(new URL('service.mjs', import.meta.url));
  const children = Array.from({ length: count }, () => fork(program, { env: { ...process.env, ...env } }));
  const ports = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0].port));
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          const ended = once(child, 'exit');
          child.disconnect();
          await ended;
        }),
      );
    },
  };
}
