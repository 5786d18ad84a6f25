import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@holdfast/testing';
import { afterEach, expect, jest, test } from '@jest/globals';

const slim = fileURLToPath(new URL('./support/slim-trial.mjs', import.meta.url));
const todo = fileURLToPath(new URL('../../../apps/todo/dist/main.js', import.meta.url));
jest.setTimeout(60_000);

const started: ChildProcess[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function runWith(descriptors: number, file: string) {
  const child = spawn('bash', ['-c', `ulimit -n ${descriptors}; exec ${process.execPath} ${file}`], {
    env: { PATH: process.env.PATH, PORT: '0', SHUTDOWN_DRAIN_MS: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output.text += chunk));
  return { child, output };
}

test('P21: a service with few descriptors says so, drops connections beyond them, and lives', async () => {
  const { child, output } = runWith(300, slim);
  const port = Number((await waitFor(() => /"port":(\d+)/.exec(output.text), { timeoutMs: 30_000 }))[1]);
  expect(output.text).toMatch(/"level":"warn".*may open 300 files and can hold at most 172 connections/);
  let closed = 0;
  for (let i = 0; i < 250; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => closed++);
    sockets.push(socket);
  }
  await waitFor(() => closed >= 78 && output.text.includes('Connections are closed at once'));
  for (const socket of sockets.splice(0)) socket.destroy();
  const metrics = await waitFor(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
    return answer?.text();
  });
  expect(metrics).toMatch(/^http_connections_dropped_total ([789]\d|\d{3})$/m);
  expect(output.text.match(/Connections are closed at once/g)).toHaveLength(1);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

test('P21: a service that may not even open its own code says so', async () => {
  const { child, output } = runWith(32, todo);
  expect((await once(child, 'close'))[0]).toBe(1);
  expect(output.text).toMatch(/^todo could not start. This process may open 32 files and needs 128 or more/);
});
