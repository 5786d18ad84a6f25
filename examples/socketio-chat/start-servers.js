import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server.js', import.meta.url));

/** Starts so many chat servers, each a process on a free port; with an address of Redis they have the adapter. */
export async function startServers(count, redisUrl) {
  const children = [];
  const stop = async () => {
    const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill();
    await Promise.all(ended);
  };
  try {
    const destinations = [];
    for (let n = 1; n <= count; n++) {
      const { REDIS_URL: _, ...env } = process.env;
      const child = spawn(process.execPath, [SERVER], {
        env: { ...env, PORT: '0', ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      destinations.push({ id: `chat-${n}`, url: `http://127.0.0.1:${await portOf(child)}` });
    }
    return { destinations, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The port that the server prints once it listens. */
async function portOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^listening on (\d+)/.exec(line) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error('a chat server ended instead of listening');
}
