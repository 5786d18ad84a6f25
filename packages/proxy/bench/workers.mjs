/**
 * Two workers against one: wall throughput, requests per CPU-second of all proxy processes, and how fast new clients are
 * taken. The load needs cores of its own: with fewer than four, wall throughput cannot tell, and what counts is how much
 * the busiest worker spends per request, which says how far two would go if each had a core.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { startNode } from './contenders/start-node.mjs';
import { startGenerator } from './generator.mjs';
import { cpuMicros, startDestinations } from './native.mjs';
import { median, printTable, verdict } from './verdict.mjs';

const request = 'GET /small HTTP/1.1\r\nHost: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n';
const goal = 1.8;

export async function measure(options) {
  const rounds = options.rounds ?? (options.quick ? 3 : 7);
  const durationMs = Number(options.seconds ?? (options.quick ? 1.5 : 4)) * 1000;
  const roomy = cpus().length >= 4;
  const proxyCores = '0,1';
  const loadCores = roomy ? ['2', '3'] : ['0,1'];
  const { ports } = await startDestinations(loadCores.at(-1));
  const DESTINATIONS = JSON.stringify(ports);
  const contenders = {};
  for (const WORKERS of ['1', '2']) {
    const running = await startNode('holdfast.mjs', { DESTINATIONS, WORKERS }, proxyCores);
    contenders[WORKERS] = { ...running, pids: () => [running.child.pid, ...childrenOf(running.child.pid)] };
  }
  const generators = loadCores.map(startGenerator);
  const ask = async (contender, job) => {
    const pids = contender.pids();
    const each = pids.map((pid) => cpuMicros([pid]));
    const outcomes = await Promise.all(generators.map((generator) => generator.run({ ...job, port: contender.port })));
    const spent = pids.map((pid, i) => cpuMicros([pid]) - each[i]);
    const sum = (key) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
    return { requests: sum('requests'), failures: sum('failures'), perSecond: sum('perSecond'), spent };
  };
  const job = { connections: 64 / generators.length, request };
  const samples = { 1: [], 2: [] };
  for (const contender of Object.values(contenders)) {
    for (let i = 0; i < 2; i++) await ask(contender, { ...job, durationMs: options.quick ? 2000 : 6000 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [count, contender] of Object.entries(contenders)) {
      samples[count].push(await ask(contender, { ...job, durationMs }));
    }
  }
  const rows = Object.entries(samples).map(([workers, list]) => ({
    workers: Number(workers),
    'req/s': Math.round(median(list.map((s) => s.perSecond))),
    'req per CPU-s': Math.round(median(list.map((s) => (s.requests * 1e6) / total(s.spent)))),
    'busiest process, µs/req': median(list.map((s) => Math.max(...s.spent) / s.requests)),
    failed: list.reduce((sum, s) => sum + s.failures, 0),
  }));
  for (const row of rows) row['clients/s'] = await clientsPerSecond(contenders[row.workers].port, durationMs);
  printTable(`One worker and two, 64 connections, ${cpus().length} cores`, rows);
  const [one, two] = rows;
  const wall = median(samples[2].map((s, round) => s.perSecond / samples[1][round].perSecond));
  const room = one['busiest process, µs/req'] / two['busiest process, µs/req'];
  const seen = `wall × ${wall.toFixed(2)}, busiest process × ${room.toFixed(2)} less per request`;
  const enough = wall >= goal || (roomy ? false : null);
  const measured = roomy ? seen : `${seen}; ${cpus().length} cores are shared with the load`;
  return {
    rows,
    wall,
    room,
    verdicts: [
      verdict('two workers ≥ 1.8 × one where a second core is free', enough, measured),
      verdict('two workers leave room for 1.8 × (by CPU of the busiest)', room >= goal, `× ${room.toFixed(2)}`),
      verdict('no request failed', one.failed + two.failed === 0, `${one.failed + two.failed}`),
    ],
  };
}

const total = (numbers) => numbers.reduce((sum, n) => sum + n, 0);

function childrenOf(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(/\s+/).map(Number);
}

/** New clients that connect, ask once and leave. */
async function clientsPerSecond(port, durationMs) {
  const { connect } = await import('node:net');
  let served = 0;
  const endsAt = performance.now() + durationMs;
  const once = () =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
      socket.on('error', resolve);
      socket.on('close', resolve);
      socket.once('data', () => {
        served++;
        socket.resetAndDestroy();
      });
    });
  const client = async () => {
    while (performance.now() < endsAt) await once();
  };
  await Promise.all(Array.from({ length: 32 }, client));
  return Math.round((served * 1000) / durationMs);
}
