import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Fleet, type FleetPlan, isAlive, serveControl } from '@holdfast/fleet';
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

test('a crashed replica comes back by itself and says why it went', async () => {
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

test('a paused replica can be resumed; what makes no sense is refused with the reason', async () => {
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
