import { once } from 'node:events';
import { get, request } from 'node:http';
import type { Socket } from 'node:net';
import { startOwnRedis } from '../systems/own-redis.js';
import { type ServerProcess, startServer } from './server-process.js';
import { type Figures, quantile } from './stores.js';

/** Three instances with near cache and sockets over them; sessions are then ended one after another. */
export async function revocation(quick: boolean): Promise<Figures> {
  const [openSockets, revocations] = quick ? [200, 50] : [1000, 500];
  const redis = await startOwnRedis();
  const servers = await Promise.all([1, 2, 3].map(() => startServer('cached', redis.url)));
  const [first] = servers;
  const refused: number[] = [];
  const closed: number[] = [];
  try {
    if (first === undefined) throw new Error('no server');
    const sockets: Array<{ user: string; cookie: string; socket: Socket }> = [];
    for (let n = 0; n < openSockets; n += 1) {
      const user = `user-${n}`;
      const cookie = await first.login(user);
      sockets.push({ user, cookie, socket: await openSocket(servers[n % servers.length] ?? first, cookie) });
    }
    for (const { user, cookie, socket } of sockets.slice(0, revocations)) {
      // Every instance has it in its near cache.
      for (const server of servers) await status(server, cookie);
      const start = performance.now();
      const close = once(socket, 'close').then(() => closed.push(performance.now() - start));
      await fetch(`${first.url}/end/${user}`, { method: 'POST' });
      await Promise.all(servers.map((server) => untilRefused(server, cookie)));
      refused.push(performance.now() - start);
      await close;
    }
    for (const { socket } of sockets) socket.destroy();
  } finally {
    for (const server of servers) server.stop();
    await redis.stop();
  }
  return { ...times('refused', refused), ...times('closed', closed) };
}

async function openSocket(server: ServerProcess, cookie: string): Promise<Socket> {
  const upgrade = request(`${server.url}/socket`, { headers: { connection: 'Upgrade', upgrade: 'bench', cookie } });
  upgrade.end();
  const [, socket] = (await once(upgrade, 'upgrade')) as [unknown, Socket];
  // Data has to be read for the end of it to be noticed.
  socket.resume();
  socket.on('error', () => undefined);
  return socket;
}

async function untilRefused(server: ServerProcess, cookie: string): Promise<void> {
  while ((await status(server, cookie)) !== 401);
}

async function status(server: ServerProcess, cookie: string): Promise<number> {
  const sent = get(`${server.url}/me`, { headers: { cookie } });
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

function times(part: string, values: readonly number[]): Figures {
  return {
    [`endedP50Ms.${part}`]: quantile(values, 0.5),
    [`endedP99Ms.${part}`]: quantile(values, 0.99),
    [`endedMaxMs.${part}`]: Math.max(...values),
  };
}
