/**
 * Two workers against one: wall throughput, requests per CPU-second of all proxy processes, and how fast new clients are
 * taken. The load needs cores of its own: with fewer than four, wall throughput cannot tell, and what counts is how much
 * the busiest worker spends per request, which says how far two would go if each had a core.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { failedOf } from './cost.mjs';
import { startGenerator } from './generator.mjs';
import { median } from './median.mjs';
import { cpuMicros, startDestinations } from './native.mjs';
import { startNode } from './start-node.mjs';

const request = 'GET /small HTTP/1.1\r\nHost: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n';

export async function measure({ quick }) {
  const rounds = 3;
  const durationMs = quick ? 1500 : 4000;
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
    for (let i = 0; i < 2; i++) await ask(contender, { ...job, durationMs: quick ? 2000 : 6000 });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [count, contender] of Object.entries(contenders)) {
      samples[count].push(await ask(contender, { ...job, durationMs }));
    }
  }
  const estimated = {};
  for (const [count, list] of Object.entries(samples)) {
    const workers = `workers${count}`;
    estimated[`perSecond.${workers}`] = Math.round(median(list.map((s) => s.perSecond)));
    estimated[`perCpuSecond.${workers}`] = Math.round(median(list.map((s) => (s.requests * 1e6) / total(s.spent))));
    estimated[`cpuMicrosOfBusiest.${workers}`] = median(list.map((s) => Math.max(...s.spent) / s.requests));
    estimated[`clientsPerSecond.${workers}`] = await clientsPerSecond(contenders[count].port, durationMs);
  }
  const { 'cpuMicrosOfBusiest.workers1': one, 'cpuMicrosOfBusiest.workers2': two } = estimated;
  estimated.timesOneWorker = median(samples[2].map((s, round) => s.perSecond / samples[1][round].perSecond));
  estimated.roomTimesOneWorker = one / two;
  return { counted: { requestsFailed: failedOf(Object.values(samples).flat()) }, estimated };
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
