import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReplicaStatus } from '@holdfast/fleet';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GatewayLink } from '../src/start/gateway-link.js';
import { readOwnSystem } from '../src/system/own-system.js';
import { until } from './support/redis-says.js';

let server: Server;
let link: GatewayLink;
/** What the gateway has, as `<upstream>/<id>`. */
let destinations: Set<string>;
let refuses: boolean;

beforeEach(async () => {
  destinations = new Set();
  refuses = false;
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (refuses) return void response.writeHead(500).end();
    const [, , upstream, , id] = (request.url ?? '').split('/');
    if (request.method === 'DELETE') destinations.delete(`${upstream}/${id}`);
    else if (id === undefined) destinations.add(`${upstream}/${JSON.parse(text).id}`);
    response.writeHead(200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  link = new GatewayLink(readOwnSystem(), `http://127.0.0.1:${port}`);
});
afterEach(async () => {
  link.close();
  await new Promise((resolve) => server.close(resolve));
});

const replica = (id: string, app: string, fleet: string): ReplicaStatus => ({
  id,
  app,
  fleet,
  pid: 1,
  port: 20_001,
  state: 'ready',
  restarts: 0,
  cpuSeconds: 0,
  rssBytes: 0,
  startedAt: null,
});
const console1 = replica('console-1', 'console', 'edge');
const monolith2 = replica('monolith-2', 'monolith', 'monolith');

test('U7: the console is taken out and put back like every other app', async () => {
  destinations.add('console/console-1');
  link.wroteFile([console1]);
  await link.removing(console1);
  expect([...destinations]).toEqual([]);
  await link.added(console1);
  expect([...destinations]).toEqual(['console/console-1']);
});

test('U7: a change that the gateway did not take is told again, in every upstream of the app', async () => {
  link.wroteFile([]);
  refuses = true;
  await link.added(monolith2);
  expect(destinations.size).toBe(0);
  refuses = false;
  await until('it is told', () => destinations.size === 3);
  expect([...destinations].sort()).toEqual([
    'ip-hash-local/monolith-2',
    'round-robin-local/monolith-2',
    'sticky-cookie-local/monolith-2',
  ]);
});

test('U7: a gateway that was restarted learns what changed since its file was written', async () => {
  destinations.add('console/console-1');
  link.wroteFile([console1]);
  await link.removing(console1);
  await link.added(monolith2);
  destinations = new Set(['console/console-1']);
  await link.gatewayStarted();
  expect([...destinations].sort()).toEqual([
    'ip-hash-local/monolith-2',
    'round-robin-local/monolith-2',
    'sticky-cookie-local/monolith-2',
  ]);
});

test('U7: what somebody else removed at the gateway stays removed', async () => {
  destinations.add('console/console-1');
  link.wroteFile([console1]);
  destinations.delete('console/console-1');
  await link.added(monolith2);
  expect(destinations.has('console/console-1')).toBe(false);
});

test('the file of a restarted gateway is to have the replicas that are there now, at their ports', async () => {
  link.wroteFile([console1, monolith2]);
  await link.removing(monolith2);
  expect([console1, monolith2].map((one) => link.wants(one))).toEqual([true, false]);
  const elsewhere = { ...monolith2, port: 20_002 };
  await link.added(elsewhere);
  expect([monolith2, elsewhere].map((one) => link.wants(one))).toEqual([false, true]);
  // Once they are in the file, a restarted gateway is told nothing.
  link.wroteFile([console1, elsewhere]);
  destinations.clear();
  await link.gatewayStarted();
  expect(destinations.size).toBe(0);
});
