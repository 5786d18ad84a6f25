import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { Client, until } from './clients.js';

const main = join(import.meta.dirname, '../../apps/gateway/dist/main.js');
/** Larger than the buffers of two sockets, so that a client that does not read stops the answer. */
const LARGE = Buffer.alloc(8_000_000, 'x');

/** A gateway of its own before three destinations that answer with the head that they were sent. */
export interface EchoGateway {
  readonly client: Client;
  /** Requests that a destination works on, as the admin API has it. */
  inFlight(): Promise<number>;
  /** Connections that the destinations have. */
  connections(): Promise<number>;
  stop(): Promise<void>;
}

/** `/hashed` goes by the client's address, all else round robin. `/large` has a large answer, `/wait` none. Bodies: at most 1 000 bytes. */
export async function startEchoGateway(): Promise<EchoGateway> {
  const echoes = await Promise.all([1, 2, 3].map(startEcho));
  const port = await freePort();
  const adminPort = await freePort(new Set([port]));
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-echo-'));
  const destinations = echoes.map((echo, n) => ({
    id: `echo-${n + 1}`,
    url: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`,
  }));
  const file = {
    listen: { port, host: '127.0.0.1' },
    admin: { port: adminPort },
    limits: { maxBodyBytes: 1_000 },
    trustedProxies: ['127.0.0.1/32'],
    upstreams: { echo: { destinations }, hashed: { policy: 'ip-hash', destinations } },
    routes: [
      { path: '/hashed', upstream: 'hashed' },
      { path: '/', upstream: 'echo' },
    ],
  };
  writeFileSync(join(dir, 'gateway.json'), JSON.stringify(file));
  const { GATEWAY_PORT: _port, GATEWAY_ADMIN_PORT: _admin, ...env } = process.env;
  const gateway = spawn(process.execPath, [main, join(dir, 'gateway.json')], { stdio: 'ignore', env });
  const client = new Client(`http://127.0.0.1:${port}`);
  await until('the gateway answers', async () => (await statusOf(client)) === 200, 60_000);
  return {
    client,
    inFlight: () => inFlight(adminPort),
    async connections() {
      const counts = echoes.map((echo) => new Promise<number>((resolve) => echo.getConnections((_, n) => resolve(n))));
      return (await Promise.all(counts)).reduce((sum, n) => sum + n, 0);
    },
    async stop() {
      await end(gateway);
      for (const echo of echoes) echo.close().closeAllConnections();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function startEcho(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/wait') return;
    if (request.url === '/large') return void response.end(LARGE);
    const lines: string[] = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    }
    response
      .setHeader('connection', 'x-hop-of-the-answer')
      .setHeader('x-hop-of-the-answer', '1')
      .setHeader('x-kept', '1');
    response.end(lines.join('\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function statusOf(client: Client): Promise<number> {
  try {
    return (await client.send('GET', '/')).status;
  } catch {
    return 0;
  }
}

async function inFlight(adminPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/upstreams`);
  const { upstreams } = (await answer.json()) as { upstreams: { destinations: { inFlight: number }[] }[] };
  return upstreams.flatMap(({ destinations }) => destinations).reduce((sum, one) => sum + one.inFlight, 0);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
