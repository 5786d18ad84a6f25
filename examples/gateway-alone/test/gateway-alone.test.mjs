// The gateway of the example as a process of its own, on free ports, in front of two real servers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitFor } from '@holdfast/testing';

const folder = join(import.meta.dirname, '..');
const command = join(folder, '../../node_modules/.bin/holdfast-gateway');
const children = [];
let scratch;
let file;
let url;
let admin;

before(async () => {
  const [first, second, port, adminPort] = await freePorts(4);
  scratch = await mkdtemp(join(tmpdir(), 'gateway-alone-'));
  file = join(scratch, 'gateway.yaml');
  const text = await readFile(join(folder, 'gateway.yaml'), 'utf8');
  const places = { 3001: first, 3002: second, 8080: port, 9080: adminPort };
  await writeFile(
    file,
    text.replace(/\b(3001|3002|8080|9080)\b/g, (place) => places[place]),
  );
  url = `http://127.0.0.1:${port}`;
  admin = `http://127.0.0.1:${adminPort}`;
  for (const own of [first, second]) start(join(folder, 'server.js'), [], { PORT: `${own}` });
  start(command, [file]);
  await waitFor(async () => (await states()).every((state) => state === 'up'), {
    what: 'both servers are up',
    timeoutMs: 20_000,
  });
});

after(async () => {
  for (const child of children) {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.signalCode === null && child.kill()) await ended;
  }
  await rm(scratch, { recursive: true, force: true });
});

test('the file is right', async () => {
  const [code] = await once(start(command, [file, '--check']), 'exit');
  assert.equal(code, 0);
});

test('the servers take turns', async () => {
  assert.deepEqual(new Set(await served(4)), new Set(['app-1', 'app-2']));
});

test('a drained server gets nobody new, and serves again when it is back', async () => {
  const change = (what) => fetch(`${admin}/upstreams/app/destinations/app-1/${what}`, { method: 'POST' });
  assert.equal((await change('drain')).status, 204);
  assert.deepEqual(new Set(await served(4)), new Set(['app-2']));
  assert.equal((await change('undrain')).status, 204);
  await waitFor(async () => (await served(2)).includes('app-1'));
});

test('the metrics count the requests of each server', async () => {
  await served(2);
  const metrics = await (await fetch(`${admin}/metrics`)).text();
  for (const id of ['app-1', 'app-2']) {
    const [, count] =
      new RegExp(`^holdfast_proxy_destination_requests_total.*"${id}"} (\\d+)$`, 'm').exec(metrics) ?? [];
    assert.ok(Number(count) > 0, `requests of ${id}: ${count}`);
  }
});

function start(program, words, env = {}) {
  const { GATEWAY_PORT: _, GATEWAY_ADMIN_PORT: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...words], { env: { ...inherited, ...env }, stdio: 'ignore' });
  children.push(child);
  return child;
}

async function states() {
  const answer = await fetch(`${admin}/upstreams`).catch(() => undefined);
  const { upstreams } = (await answer?.json()) ?? { upstreams: [{ destinations: [{ state: 'not there' }] }] };
  return upstreams.flatMap(({ destinations }) => destinations.map(({ state }) => state));
}

async function served(count) {
  const by = [];
  for (let n = 0; n < count; n++) by.push((await fetch(url)).headers.get('x-served-by'));
  return by;
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
