import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { obtainToxiproxy, TOXIPROXY_VERSION } from '../src/toxiproxy/obtain-toxiproxy.js';
import { startToxiproxyServer } from '../src/toxiproxy/toxiproxy-server.js';

const empty = mkdtempSync(join(tmpdir(), 'holdfast-infra-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

const quiet = () => undefined;

test('TOXIPROXY_BIN wins, and must be Toxiproxy', async () => {
  await expect(obtainToxiproxy(empty, { TOXIPROXY_BIN: process.execPath }, quiet)).rejects.toThrow(
    /TOXIPROXY_BIN is .*, which is not Toxiproxy/,
  );
});

test('without Toxiproxy and Go, one sentence says how to get it', async () => {
  await expect(obtainToxiproxy(empty, { PATH: empty }, quiet)).rejects.toThrow(
    new RegExp(`^No Toxiproxy found: install toxiproxy-server ${TOXIPROXY_VERSION.replaceAll('.', '\\.')} .*once\\.$`),
  );
});

/** Milliseconds until an echo is back, or the error's code. */
function echoMs(port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = connect(port, '127.0.0.1', () => socket.write('hello'));
    const finish = (outcome: number | string) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('data', () => finish(performance.now() - startedAt));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'error'));
    socket.once('close', () => finish('closed'));
  });
}

// `npm test` says loudly when it could not be had.
const binary = process.env.TOXIPROXY_BIN;
(binary === undefined ? test.skip : test)('a proxy delays answers, is cut off and taken back, and ends', async () => {
  const echo = createServer((socket) => socket.on('error', quiet).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const toxiproxy = await startToxiproxyServer({ binary: binary ?? '', dir: join(empty, 'run'), temporary: true });
  const { client } = toxiproxy;
  const { port, ...proxy } = await client.createProxy('redis', upstream);
  expect(proxy).toEqual({ name: 'redis', upstream, enabled: true });
  expect(await echoMs(port)).toEqual(expect.any(Number));
  await client.addLatency('redis', 200);
  expect(await echoMs(port)).toBeGreaterThanOrEqual(190);
  // A second one replaces the first.
  await client.addLatency('redis', 400);
  expect(await echoMs(port)).toBeGreaterThanOrEqual(390);
  await client.removeLatency('redis');
  await client.removeLatency('redis');
  // On a busy machine a single echo may take long.
  const times = await Promise.all([1, 2, 3, 4, 5].map(() => echoMs(port)));
  expect(Math.min(...times.map(Number))).toBeLessThan(190);
  await client.setEnabled('redis', false);
  expect(await echoMs(port)).toBe('ECONNREFUSED');
  await client.setEnabled('redis', true);
  expect(await echoMs(port)).toEqual(expect.any(Number));
  await client.removeProxy('redis');
  await expect(client.removeProxy('redis')).rejects.toThrow(/Toxiproxy answered DELETE \/proxies\/redis with 404/);
  await toxiproxy.stop();
  echo.close();
});
