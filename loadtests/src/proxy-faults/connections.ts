import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile, sum } from '../measures/window.js';
import { within } from '../systems/within.js';
import type { Counts, Fault, Trial } from './trial.js';

const MEGABYTE = 1_024 * 1_024;
const STALL_MS = 4_000;

/** A destination closes one connection in five up to three milliseconds after its answer. */
export const earlyClose: Fault = async (trial) => {
  const wanted = trial.isShort ? 3_000 : 10_000;
  const times = new Map<string, number>();
  const destination = await trial.destination((socket, data) => {
    const text = data.toString('latin1');
    const name = /^x-request: (.*)\r$/im.exec(text)?.[1];
    if (text.startsWith('POST') && name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
    if (!/^(GET|POST) /.test(text)) return;
    socket.write('HTTP/1.1 200 OK\r\nX-Instance: d-0\r\nContent-Length: 2\r\n\r\nok');
    if (Math.random() < 0.2) setTimeout(() => socket.end(), Math.random() * 3);
  });
  const balancer = await trial.balancer({ destinations: [destination] });
  const load = async (ms: number, postShare?: number) => {
    const clients = trial.clients(balancer, { clients: 8, thinkMs: 0, ...(postShare !== undefined && { postShare }) });
    await delay(ms);
    return clients.end();
  };
  // A pool has to see once how early this destination closes before it can be careful with what cannot be repeated.
  await load(1_000, 0);
  const [gets, posts] = [
    { hit: 0, of: 0 },
    { hit: 0, of: 0 },
  ];
  while (gets.of + posts.of < wanted) {
    const records = await load(1_500);
    for (const [count, more] of [[gets, records.failed(false)] as const, [posts, records.failed(true)] as const]) {
      count.hit += more.hit;
      count.of += more.of;
    }
  }
  const twice = [...times.values()].filter((seen) => seen > 1).length;
  return {
    counted: { getsFailed: gets, postsFailed: posts, postsDoneTwice: { hit: twice, of: posts.of } },
    estimated: {},
  };
};

const FROZEN = {
  tunnels:
    'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  downloads: 'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n',
};
const UPGRADED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n';
const ENDLESS = `HTTP/1.1 200 OK\r\nContent-Length: ${1_024 * MEGABYTE}\r\n\r\n`;
const PART = Buffer.alloc(65_536, 0x61);
const FRAME = Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xfc]), Buffer.alloc(65_532, 0x61)]);

/** Clients ask for an endless stream and never read; the load balancer is told to give up after a while. */
export const frozenReaders: Fault = async (trial) => {
  const [tunnels, downloads] = [await freezeReaders(trial, 'tunnels'), await freezeReaders(trial, 'downloads')];
  return {
    counted: { ...tunnels.counted, ...downloads.counted },
    estimated: { ...tunnels.estimated, ...downloads.estimated },
  };
};

async function freezeReaders(trial: Trial, what: keyof typeof FROZEN): Promise<Counts> {
  // More than these would measure how fast this process pours.
  const readers = trial.isShort ? 30 : 60;
  const streams = new Set<Socket>();
  const destination = await trial.destination((socket, data, isFirst) => {
    if (!isFirst) return;
    streams.add(socket);
    socket.on('close', () => streams.delete(socket));
    const isUpgrade = data.includes('Upgrade');
    socket.write(isUpgrade ? UPGRADED : ENDLESS);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(isUpgrade ? FRAME : PART));
    };
    socket.on('drain', pour);
    pour();
  });
  const balancer = await trial.balancer({ destinations: [destination], stallMs: STALL_MS, responseMs: 30_000 });
  const before = residentBytes(balancer.pids());
  const clients = Array.from({ length: readers }, () => {
    const socket = connect(balancer.port, '127.0.0.1').on('error', () => undefined);
    socket.pause();
    socket.write(FROZEN[what]);
    return socket;
  });
  const frozenAt = performance.now();
  await within(STALL_MS / 2, () => streams.size === readers);
  await delay(STALL_MS / 4);
  const begun = streams.size;
  const bytesEach = (residentBytes(balancer.pids()) - before) / begun;
  await within(5 * STALL_MS, () => streams.size === 0, 50);
  const droppedMs = Math.round(performance.now() - frozenAt);
  for (const socket of clients) socket.destroy();
  return {
    counted: {
      [`readersKept.${what}`]: { hit: streams.size, of: begun },
      [`readersOverMegabyte.${what}`]: { hit: bytesEach > MEGABYTE ? begun : 0, of: begun },
    },
    estimated: { [`kilobytesEach.${what}`]: bytesEach / 1_024, [`droppedMs.${what}`]: droppedMs },
  };
}

const ABORTS_AT_ONCE = 50;
const NEVER_MS = 3_000;
const LATE_ABORT_MS = 100;

/** Clients leave while their request is under way, half by FIN, half by RST: until the destination hears. */
export const aborts: Fault = async (trial) => {
  const wanted = trial.isShort ? 2_000 : 10_000;
  const arrived = new Map<string, () => void>();
  const left = new Map<string, () => void>();
  const destination = await trial.destination((socket, data) => {
    const name = /^GET \/(\d+) /.exec(data.toString('latin1', 0, 40))?.[1];
    if (name === undefined) return;
    arrived.get(name)?.();
    socket.on('close', () => left.get(name)?.());
  });
  const balancer = await trial.balancer({ destinations: [destination] });
  const abortOne = async (n: number): Promise<number> => {
    const name = String(n);
    const isHere = new Promise<void>((resolve) => arrived.set(name, resolve));
    const hasLeft = new Promise<void>((resolve) => left.set(name, resolve));
    const socket = connect(balancer.port, '127.0.0.1').on('error', () => undefined);
    socket.write(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await isHere;
    const leftAt = performance.now();
    if (n % 2 === 0) socket.destroy();
    else socket.resetAndDestroy();
    const heard = await Promise.race([hasLeft.then(() => true), delay(NEVER_MS, false)]);
    arrived.delete(name);
    left.delete(name);
    return heard ? performance.now() - leftAt : Number.POSITIVE_INFINITY;
  };
  const run = async (count: number, from: number): Promise<number[]> => {
    const times: number[] = [];
    for (let at = 0; at < count; at += ABORTS_AT_ONCE)
      times.push(...(await Promise.all(Array.from({ length: ABORTS_AT_ONCE }, (_, i) => abortOne(from + at + i)))));
    return times;
  };
  await run(500, 0);
  await delay(500);
  const before = { open: descriptors(balancer.pids()), bytes: residentBytes(balancer.pids()) };
  const times = (await run(wanted, 1_000)).sort((a, b) => a - b);
  await delay(1_000);
  const heard = times.filter((ms) => ms < Number.POSITIVE_INFINITY);
  return {
    counted: {
      abortsUnheard: { hit: wanted - heard.length, of: wanted },
      abortsLate: { hit: times.filter((ms) => ms > LATE_ABORT_MS).length, of: wanted },
      socketsLeft: { hit: Math.max(0, descriptors(balancer.pids()) - before.open), of: wanted },
    },
    estimated: {
      ...{ abortP50Ms: percentile(heard, 0.5), abortP99Ms: percentile(heard, 0.99) },
      grownMegabytes: (residentBytes(balancer.pids()) - before.bytes) / MEGABYTE,
    },
  };
};

function residentBytes(pids: readonly number[]): number {
  const kilobytes = (pid: number) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return sum(pids, (pid) => Number(kilobytes(pid)) * 1_024);
}

function descriptors(pids: readonly number[]): number {
  return sum(pids, (pid) => readdirSync(`/proc/${pid}/fd`).length);
}
