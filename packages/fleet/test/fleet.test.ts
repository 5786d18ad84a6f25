import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  type ControlledProcess,
  Fleet,
  type FleetPlan,
  isAlive,
  type ReplicaStatus,
  serveControl,
} from '@holdfast/fleet';
import { afterEach, expect, test } from '@jest/globals';

const child = `
const server = require('node:http').createServer((_, res) => res.end(process.env.INSTANCE_ID));
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send({ type: 'ready', port: server.address().port }));
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
if (process.env.CRASH) setTimeout(() => process.exit(3), 50);
`;

const plan = (env: Record<string, string> = {}): FleetPlan => ({
  apps: [
    { app: 'echo', fleet: 'f', idPrefix: 'echo', command: process.execPath, args: ['-e', child], env, replicas: 2 },
  ],
});

const running: Fleet[] = [];
async function createFleet(...args: Parameters<typeof Fleet.create>): Promise<Fleet> {
  const fleet = await Fleet.create(...args);
  running.push(fleet);
  return fleet;
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((fleet) => fleet.stop()));
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); ) {
    if (Date.now() > end) throw new Error('condition not met within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const post = (url: string, body?: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', body: body === undefined ? null : JSON.stringify(body) });

test('a killed replica stays down until it is restarted, on the same port', async () => {
  const fleet = await createFleet(plan());
  await fleet.start();
  const { url, close } = await serveControl(fleet);
  const before = fleet.find('echo-2')?.status();
  expect((await post(`${url}/fleet/echo-2/kill`)).status).toBe(200);
  expect(isAlive(before?.pid ?? 0)).toBe(false);
  expect(fleet.find('echo-2')?.status().state).toBe('killed');
  expect(await (await post(`${url}/fleet/echo-2/restart`)).json()).toMatchObject({
    state: 'ready',
    port: before?.port,
  });
  expect(await (await fetch(`http://127.0.0.1:${before?.port}`)).text()).toBe('echo-2');
  await close();
});

test('a replica whose port was taken after it was chosen starts on another one', async () => {
  const fleet = await createFleet(plan());
  const chosen = fleet.find('echo-1')?.port ?? 0;
  const intruder = createServer();
  await new Promise<void>((resolve) => intruder.listen(chosen, '127.0.0.1', resolve));
  await fleet.start();
  const port = fleet.find('echo-1')?.port ?? 0;
  expect(port).not.toBe(chosen);
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('echo-1');
  intruder.close();
});

test('no replica is given a port that something else is about to use', async () => {
  const all = Array.from({ length: 12_000 }, (_, n) => 20_000 + n);
  const free = new Set([20_123, 30_321]);
  const fleet = await createFleet(plan(), { takenPorts: all.filter((port) => !free.has(port)) });
  expect(new Set(fleet.status().map(({ port }) => port))).toEqual(free);
});

test('a crashed replica comes back by itself and reports its exit code', async () => {
  const states: string[] = [];
  const fleet = await createFleet(plan({ CRASH: '1' }), {
    onState: (id, state, detail) => states.push(`${id} ${state} ${detail}`),
  });
  await fleet.start();
  await until(() => (fleet.find('echo-1')?.status().restarts ?? 0) > 0);
  expect(states).toContain('echo-1 crashed exit code 3; next start in 250 ms');
});

test('scaling announces replicas after they are ready and before they are stopped', async () => {
  const announced: string[] = [];
  const fleet = await createFleet(plan(), {
    hooks: {
      added: async ({ id, state }) => void announced.push(`added ${id} ${state}`),
      removing: async ({ id, state }) => void announced.push(`removing ${id} ${state}`),
    },
  });
  await fleet.start();
  const { url, close } = await serveControl(fleet);
  expect((await post(`${url}/fleet/echo/scale`, { replicas: 3 })).status).toBe(200);
  expect((await post(`${url}/fleet/echo/scale`, { replicas: 1 })).status).toBe(200);
  expect(announced).toEqual(['added echo-3 ready', 'removing echo-3 ready', 'removing echo-2 ready']);
  expect(fleet.status().map(({ id }) => id)).toEqual(['echo-1']);
  await close();
});

test('a paused replica can be resumed; an impossible action is refused with the reason', async () => {
  const fleet = await createFleet(plan());
  await fleet.start();
  const { url, close } = await serveControl(fleet);
  expect((await post(`${url}/fleet/echo-1/pause`)).status).toBe(200);
  const refused = await post(`${url}/fleet/echo-1/pause`);
  expect([refused.status, await refused.json()]).toMatchObject([409, { detail: 'cannot pause echo-1: it is paused' }]);
  expect((await post(`${url}/fleet/echo-1/resume`)).status).toBe(200);
  expect((await post(`${url}/fleet/nobody/kill`)).status).toBe(404);
  expect((await post(`${url}/fleet/echo/scale`, { replicas: 'many' })).status).toBe(400);
  await close();
});

test('U1: a replica frozen from outside is shown as paused and can be resumed', async () => {
  const fleet = await createFleet(plan());
  await fleet.start();
  const replica = fleet.find('echo-1');
  process.kill(replica?.status().pid ?? 0, 'SIGSTOP');
  await until(() => replica?.status().state === 'paused');
  expect(replica?.resume()).toBe(true);
  expect(replica?.status().state).toBe('ready');
});

test('a web page cannot use the control API', async () => {
  const fleet = await createFleet(plan());
  const { url, close } = await serveControl(fleet);
  const headers = { origin: 'http://evil.example' };
  expect((await fetch(`${url}/fleet/echo-1/kill`, { method: 'POST', headers })).status).toBe(403);
  await close();
});

test('a drained replica takes new users again after a restart', async () => {
  const announced: string[] = [];
  const fleet = await createFleet(plan(), {
    hooks: {
      draining: async ({ id }) => void announced.push(`draining ${id}`),
      undraining: async ({ id }) => void announced.push(`undraining ${id}`),
    },
  });
  await fleet.start();
  const { url, close } = await serveControl(fleet);
  await post(`${url}/fleet/echo-1/drain`);
  await post(`${url}/fleet/echo-1/restart`);
  await post(`${url}/fleet/echo-2/restart`);
  expect(announced).toEqual(['draining echo-1', 'undraining echo-1']);
  await close();
});

test('a program that ends at once fails the start with its name', async () => {
  const fleet = await createFleet({
    apps: [
      { app: 'x', fleet: 'f', idPrefix: 'x', command: process.execPath, args: ['-e', 'process.exit(1)'], replicas: 1 },
    ],
  });
  await expect(fleet.start()).rejects.toThrow('x-1 ended before it was ready');
});

test('no replica, even a paused one, outlives a parent that is killed with -9', async () => {
  const script = fileURLToPath(new URL('./parent.fixture.mjs', import.meta.url));
  const parent = spawn(process.execPath, [script, child], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pids = await new Promise<number[]>((resolve) =>
    parent.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as number[])),
  );
  expect(pids.map(isAlive)).toEqual([true, true]);
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  parent.kill('SIGKILL');
  await until(() => !pids.some(isAlive));
});

test('scales the app of one fleet, and a fleet that is scaled alone only when the request names it', async () => {
  const [echo] = plan().apps;
  if (echo === undefined) throw new Error('the plan is empty');
  const fleet = await createFleet({
    apps: [
      { ...echo, fleet: 'a', idPrefix: 'a-echo', replicas: 1 },
      { ...echo, fleet: 'b', idPrefix: 'b-echo', replicas: 1 },
      { ...echo, fleet: 'single', idPrefix: 'single-echo', replicas: 1, scaledAlone: true },
    ],
  });
  await fleet.start();
  const { url, close } = await serveControl(fleet);
  const ids = () => fleet.status().map(({ id }) => id);
  const only = await post(`${url}/fleet/echo/scale`, { replicas: 2, fleet: 'a' });
  expect(((await only.json()) as { processes: { id: string }[] }).processes.map(({ id }) => id)).toEqual([
    'a-echo-1',
    'a-echo-2',
  ]);
  expect(ids()).toEqual(['a-echo-1', 'b-echo-1', 'single-echo-1', 'a-echo-2']);
  await post(`${url}/fleet/echo/scale`, { replicas: 0 });
  expect(ids()).toEqual(['single-echo-1']);
  await post(`${url}/fleet/echo/scale`, { replicas: 0, fleet: 'single' });
  expect(ids()).toEqual([]);
  expect((await post(`${url}/fleet/echo/scale`, { replicas: 1, fleet: 'none' })).status).toBe(404);
  await close();
});

test('a store has its own path and can be slowed where a proxy exists, and other processes are steered beside the fleet', async () => {
  const fleet = await createFleet({ apps: [] });
  const status = (id: string): ReplicaStatus => ({
    ...{ id, app: id, fleet: 'stores', pid: 7, port: 1, state: 'ready', restarts: 0 },
    ...{ cpuSeconds: 0, rssBytes: 0, startedAt: null },
  });
  const asked: string[] = [];
  const store = (id: string): ControlledProcess => ({
    id,
    status: () => status(id),
    kill: async () => asked.push(`${id} kill`) > 0,
    pause: () => false,
    resume: () => asked.push(`${id} resume`) > 0,
    restart: async () => asked.push(`${id} restart`) > 0,
  });
  const stores = [
    { ...store('redis'), slow: async (ms: number) => void asked.push(`redis slow ${ms}`) },
    { ...store('other'), slow: async () => 'put a proxy in front of it' },
    store('third'),
  ];
  const { url, close } = await serveControl(fleet, { stores, others: () => [store('gateway-1')] });
  const { processes } = (await (await fetch(`${url}/fleet`)).json()) as { processes: ReplicaStatus[] };
  expect(processes.map(({ id, pid }) => [id, pid])).toEqual(
    ['redis', 'other', 'third', 'gateway-1'].map((id) => [id, 7]),
  );
  for (const action of ['kill', 'resume', 'restart']) {
    expect((await post(`${url}/stores/redis/${action}`)).status).toBe(200);
  }
  expect((await post(`${url}/stores/redis/slow`, { ms: 5 })).status).toBe(200);
  expect((await post(`${url}/fleet/gateway-1/restart`)).status).toBe(200);
  expect(asked).toEqual(['redis kill', 'redis resume', 'redis restart', 'redis slow 5', 'gateway-1 restart']);
  const refusals = [
    ['/stores/redis/pause', {}, 409, /cannot pause redis/],
    ['/stores/redis/drain', {}, 409, /cannot drain redis/],
    ['/stores/redis/slow', { ms: 'much' }, 400, /send \{"ms": n\}/],
    ['/stores/other/slow', { ms: 5 }, 409, /put a proxy in front of it/],
    ['/stores/third/slow', { ms: 5 }, 409, /third cannot be delayed/],
    ['/stores/none/kill', {}, 404, /there are redis, other, third/],
    ['/fleet/gateway-1/pause', {}, 409, /cannot pause gateway-1/],
    ['/stores/gateway-1/kill', {}, 404, /there are redis, other, third/],
  ] as const;
  for (const [path, body, code, detail] of refusals) {
    const answer = await post(url + path, body);
    expect([path, answer.status]).toEqual([path, code]);
    expect(((await answer.json()) as { detail: string }).detail).toMatch(detail);
  }
  await close();
});
