/**
 * Full load with random aborts, resets, slow readers, upgrades and reloads for `--minutes` (default 10): no wrong body,
 * nothing left open, memory flat. Exits 1 when any of them does not hold.
 */

import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bytesOf } from './soak-bytes.mjs';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '10' } },
  allowPositionals: true,
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const hear = (child) => new Promise((resolve) => child.once('message', resolve));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const destination = fork(here('contenders/soak-destination.mjs'));
const { ports } = await hear(destination);
const proxy = fork(here('contenders/soak-proxy.mjs'), {
  env: { ...process.env, DESTINATIONS: JSON.stringify(ports) },
  execArgv: ['--expose-gc'],
});
const { port } = await hear(proxy);
const status = () => {
  const answer = hear(proxy);
  proxy.send('status');
  return answer;
};

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const counts = { checked: 0, wrong: 0, failed: 0, aborted: 0, tunnels: 0 };
const endsAt = Date.now() + Number(options.minutes) * 60_000;
let seed = 1;

function ask(method, path, body, abortAfter = Number.POSITIVE_INFINITY) {
  return new Promise((resolve) => {
    const outgoing = request({ port, host: '127.0.0.1', agent, method, path }, (answer) => {
      const parts = [];
      let received = 0;
      if (Math.random() < 0.02) {
        answer.pause();
        setTimeout(() => answer.resume(), 100);
      }
      answer.on('data', (part) => {
        parts.push(part);
        received += part.length;
        if (received > abortAfter) outgoing.destroy();
      });
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(parts) }));
      answer.on('error', () => resolve(null));
    });
    outgoing.on('error', () => resolve(null));
    outgoing.on('close', () => resolve(null));
    if (abortAfter === 0) setTimeout(() => outgoing.destroy(), Math.random() * 5);
    outgoing.end(body);
  });
}

async function get() {
  const own = seed++;
  const length = Math.floor(Math.random() ** 4 * 500_000);
  const answer = await ask('GET', `/${own}/${length}`);
  if (answer?.status !== 200) return void counts.failed++;
  counts.checked++;
  if (!answer.body.equals(bytesOf(own, length))) counts.wrong++;
}

async function post() {
  const body = bytesOf(seed++, Math.floor(Math.random() ** 4 * 500_000));
  const answer = await ask('POST', '/post', body);
  if (answer?.status !== 200) return void counts.failed++;
  counts.checked++;
  if (answer.body.toString() !== createHash('sha256').update(body).digest('hex')) counts.wrong++;
}

async function abort() {
  counts.aborted++;
  const large = Math.random() < 0.5;
  await ask('GET', `/${seed++}/${large ? 400_000 : 100}`, undefined, large ? 60_000 : 0);
}

async function reset() {
  counts.aborted++;
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(
    Math.random() < 0.5
      ? 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx'
      : `GET /2/200000 HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  await pause(Math.random() * 10);
  socket.resetAndDestroy();
}

async function tunnel() {
  counts.tunnels++;
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write('GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  await pause(Math.random() * 20);
  if (Math.random() < 0.5) socket.destroy();
  else socket.resetAndDestroy();
}

async function client() {
  while (Date.now() < endsAt) {
    const draw = Math.random();
    await (draw < 0.6 ? get() : draw < 0.85 ? post() : draw < 0.93 ? abort() : draw < 0.97 ? reset() : tunnel());
  }
}

const reloads = setInterval(() => proxy.send('reload'), 500);
const memory = [];
const watch = setInterval(async () => {
  const now = await status();
  memory.push(now.rss);
  console.log(
    `${new Date().toISOString()} ${JSON.stringify({ ...counts, rssMb: Math.round(now.rss / 1e6), heapMb: Math.round(now.heapUsed / 1e6), inFlight: now.inFlight, open: now.openConnections })}`,
  );
}, 10_000);
await Promise.all(Array.from({ length: 48 }, client));
clearInterval(reloads);
clearInterval(watch);
agent.destroy();
await pause(2500);
const end = await status();
const third = Math.max(1, Math.floor(memory.length / 3));
const mean = (list) => list.reduce((sum, n) => sum + n, 0) / list.length;
const growth = mean(memory.slice(-third)) / mean(memory.slice(third, 2 * third));
console.log(JSON.stringify({ ...counts, end, memoryGrowth: growth }, null, 2));
const holds =
  counts.wrong === 0 && end.openConnections === 0 && end.inFlight === 0 && end.openTunnels === 0 && !(growth > 1.15);
console.log(holds ? 'holds: no wrong body, nothing left open, memory flat' : 'DOES NOT HOLD');
process.exit(holds ? 0 : 1);
