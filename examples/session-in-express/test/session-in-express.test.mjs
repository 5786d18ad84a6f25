// The example's files as they are: two servers, and beside them no process but those of processes.yaml.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { freePort } from '@holdfast/infra';
import { startRedis, waitFor } from '@holdfast/testing';
import { parse } from 'yaml';
import { userOf } from '../../support/user.mjs';

const folder = join(import.meta.dirname, '..');
const gatewayProgram = join(folder, '../../apps/gateway/bin/holdfast-gateway.js');
const TURNS = 6;
let children = [];
let redis;
let scratch;

afterEach(async () => {
  const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const ended = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
  children = [];
  await redis?.stop();
  redis = undefined;
  await rm(scratch, { recursive: true, force: true });
});

test('in memory behind round robin a login is unknown to the other server', async () => {
  const user = await start('memory.js', 'round-robin.yaml');
  await logIn(user);
  assert.deepEqual(new Set(await statuses(user)), new Set([200, 401]));
});

for (const [code, gateway] of [
  ['memory.js', 'sticky.yaml'],
  ['connect-redis.js', 'round-robin.yaml'],
  ['cached.js', 'round-robin.yaml'],
  ['cached.js', 'sticky.yaml'],
])
  test(`${code} behind ${gateway} keeps login and cart until logout`, async () => {
    const user = await start(code, gateway);
    assert.deepEqual(new Set(await statuses(user)), new Set([401]));
    await logIn(user);
    assert.deepEqual(await statuses(user), new Array(TURNS).fill(200));
    assert.equal((await user.ask('POST', '/cart', { item: 'tea' })).status, 200);
    // A copy of the session in the other process is told a moment later.
    await waitFor(async () => (await Promise.all([cart(user), cart(user)])).every(([item]) => item === 'tea'));
    assert.equal((await user.ask('POST', '/logout')).status, 204);
    await waitFor(async () => (await statuses(user)).every((status) => status === 401));
  });

/** A user of two servers of the app behind the gateway, and what else is declared. */
async function start(code, gateway) {
  const declared = parse(await readFile(join(folder, 'processes.yaml'), 'utf8'));
  const beside = new Set([code, gateway].flatMap((file) => declared[file] ?? []));
  if (beside.has('redis')) redis = await startRedis();
  const ports = [await freePort(), await freePort()];
  for (const port of ports) {
    const env = { SESSION_SECRET: 'a long secret of the example: 7c2e', PORT: `${port}` };
    await serve(join(folder, code), [], { ...env, ...(redis && { REDIS_URL: redis.url }) }, port);
  }
  assert.ok(beside.has('gateway'), 'the example needs a gateway');
  scratch = await mkdtemp(join(tmpdir(), 'holdfast-example-'));
  const file = join(scratch, gateway);
  const text = await readFile(join(folder, gateway), 'utf8');
  await writeFile(file, text.replace(':3001', `:${ports[0]}`).replace(':3002', `:${ports[1]}`));
  const port = await freePort();
  await serve(gatewayProgram, [file], { GATEWAY_PORT: `${port}`, GATEWAY_ADMIN_PORT: `${await freePort()}` }, port);
  return userOf(`http://127.0.0.1:${port}`);
}

/** A process with exactly this environment; resolves when it answers that nobody is logged in. */
async function serve(program, words, env, port) {
  const inherited = { PATH: process.env.PATH };
  children.push(spawn(process.execPath, [program, ...words], { env: { ...inherited, ...env }, stdio: 'ignore' }));
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/me`).then(
      ({ status }) => status === 401,
      () => false,
    );
  await waitFor(answers, { what: `${program} answers`, timeoutMs: 20_000 });
}

async function logIn(user) {
  assert.equal((await user.ask('POST', '/login', { name: 'ada' })).status, 204);
}

async function statuses(user) {
  const seen = [];
  for (let turn = 0; turn < TURNS; turn++) seen.push((await user.ask('GET', '/me')).status);
  return seen;
}

async function cart(user) {
  return (await (await user.ask('GET', '/me')).json()).cart;
}
