import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSystem } from '@holdfast/system';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { chooseFleets } from '../src/system/choose-fleets.js';
import { gatewayFile } from '../src/system/gateway-file.js';
import { SYSTEM_PATH } from '../src/system/own-system.js';
import { servicePlan } from '../src/system/service-plan.js';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-system-'));
const app = createServer((_request, response) => void response.end('served'));
let gateway: ChildProcess | undefined;
afterEach(async () => {
  app.close();
  if (gateway === undefined || gateway.exitCode !== null) return;
  gateway.kill('SIGTERM');
  await once(gateway, 'exit');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The system file of the repository with one more scenario. */
function withOneLine(line: string): string {
  const path = join(dir, 'system.yaml');
  writeFileSync(path, readFileSync(SYSTEM_PATH, 'utf8').replace('scenarios:\n', `scenarios:\n  ${line}\n`));
  return path;
}

test('one line in the system file is a scenario of npm start, of the gateway, and of the admin API that page and lab ask', async () => {
  const line =
    "least-requests-cached: { fleet: cached, policy: least-requests, title: The idlest server, story: 'The idlest server answers.' }";
  const system = readSystem(withOneLine(line));
  const { fleets, active } = chooseFleets(system, { scenarios: ['least-requests-cached'] });
  await once(app.listen(0, '127.0.0.1'), 'listening');
  const { port: appPort } = app.address() as AddressInfo;
  const plan = servicePlan(system, { root: '/r', fleets, replicas: 1, env: {} });
  const replicas = plan.map(({ app, fleet, idPrefix }) => ({ id: `${idPrefix}-1`, app, fleet, port: appPort }));
  expect(replicas.map(({ id }) => id)).toEqual(['auth-1', 'todo-1', 'chat-1']);

  const path = join(dir, 'gateway.yaml');
  const affinitySecrets = ['a-secret-of-this-test-only'];
  writeFileSync(path, gatewayFile(system, { port: 0, adminPort: 0, active, affinitySecrets, replicas }));
  const main = join(import.meta.dirname, '../../apps/gateway/dist/main.js');
  gateway = spawn(process.execPath, [main, path], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port, adminPort }] = (await once(gateway, 'message')) as [{ port: number; adminPort: number }];

  const status = (await (await fetch(`http://127.0.0.1:${adminPort}/scenario`)).json()) as {
    active: string;
    scenarios: string[];
    list: { name: string }[];
  };
  expect(status.active).toBe('least-requests-cached');
  expect(status.scenarios).toEqual(Object.keys(system.scenarios));
  expect(status.list.find(({ name }) => name === 'least-requests-cached')).toEqual({
    ...{ name: 'least-requests-cached', title: 'The idlest server', story: 'The idlest server answers.', expect: null },
    ...{ routing: 'Least requests', policy: 'least-requests', affinity: false, state: 'Redis + near cache' },
    ...{ store: 'cached', todos: 'redis', fleet: 'cached', runs: true },
    servers: [{ name: 'server-1', destinations: ['auth-1', 'todo-1', 'chat-1'] }],
  });
  // The same servers, and others that do not run.
  expect(status.list.find(({ name }) => name === 'round-robin-cached')).toMatchObject({ runs: true });
  expect(status.list.find(({ name }) => name === 'round-robin-local')).toMatchObject({ runs: false, servers: [] });

  expect(await policyOf(port, 'least-requests-cached.localhost', '/auth/me')).toBe('policy=least-requests');
}, 60_000);

/** The policy that the gateway names for a request to this host. */
function policyOf(port: number, host: string, path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(String(response.headers['x-route'] ?? response.statusCode).split(';', 1)[0]);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
