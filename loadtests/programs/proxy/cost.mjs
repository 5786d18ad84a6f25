/**
 * CPU µs per request of every contender (user + system of the proxy process, which other load on the machine hardly
 * moves) and latencies for one case: pre-warmed, interleaved rounds, medians. Ratios to nginx are taken within each round.
 */

import { startGenerator } from './generator.mjs';
import { median } from './median.mjs';
import { startDestinations, startHaproxy, startNginxProxy } from './native.mjs';
import { startNode } from './start-node.mjs';

const proxyCore = '0';
const loadCore = '1';
const head =
  'Host: bench.localhost\r\nUser-Agent: bench/1\r\nAccept: */*\r\nAccept-Language: en\r\nAccept-Encoding: gzip\r\n';
const cookie = 'Cookie: session=abcdefghijklmnopqrstuvwxyz; aff=%AFF%\r\n';
const small = `GET /small HTTP/1.1\r\n${head}\r\n`;
const smallWithCookie = `GET /small HTTP/1.1\r\n${head}${cookie}\r\n`;
const post = `POST /post HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 1024\r\n\r\n`;
/** What is asked; `variant` names the features of ours that a case turns on. */
export const cases = {
  'get-small': { connections: 64, request: small },
  'post-1kb': { connections: 64, request: `${post}${'x'.repeat(1024)}` },
  'get-64kb': { connections: 64, checkBytes: 65_536, request: `GET /large HTTP/1.1\r\n${head}\r\n` },
  'affinity-cookie': { connections: 64, variant: 'affinity', request: smallWithCookie },
  'first-visit': { connections: 64, variant: 'affinity', request: small },
  'all-features': { connections: 64, variant: 'all', request: smallWithCookie },
  'one-connection': { connections: 1, request: small },
};
const peers = ['fast-proxy', 'http-proxy', 'http-proxy-3', 'http-proxy-middleware'];

export async function measure({ case: name, quick }) {
  const job = cases[name];
  const plan = { rounds: 3, durationMs: quick ? 1500 : 3000, warmUpMs: quick ? 4000 : 10_000 };
  const destinations = await startDestinations(loadCore);
  const DESTINATIONS = JSON.stringify(destinations.ports);
  const FEATURES = job.variant ?? '';
  const field = {
    nginx: await startNginxProxy(destinations.ports, proxyCore),
    haproxy: await startHaproxy(destinations.ports, proxyCore),
    holdfast: await startNode('holdfast.mjs', { DESTINATIONS, FEATURES }, proxyCore),
  };
  for (const PEER of peers) field[PEER] = await startNode('peers.mjs', { DESTINATIONS, PEER }, proxyCore);
  return outcomeOf(await samplesOf(job, field, startGenerator(loadCore), plan));
}

async function samplesOf(job, field, generator, { rounds, durationMs, warmUpMs }) {
  const request = job.request.replace('%AFF%', await affinityCookie(field.holdfast));
  const samples = Object.fromEntries(Object.keys(field).map((contender) => [contender, []]));
  for (const [contender, { port }] of Object.entries(field)) {
    const native = contender === 'nginx' || contender === 'haproxy';
    await generator.run({ ...job, request, port, durationMs: native ? 500 : warmUpMs });
  }
  for (let round = 0; round < rounds; round++) {
    for (const [contender, { port, pids }] of Object.entries(field)) {
      samples[contender].push(await generator.run({ ...job, request, port, durationMs }, pids()));
    }
  }
  return samples;
}

function outcomeOf(samples) {
  const ratio = (list, key) => median(list.map((sample, round) => sample[key] / samples.nginx[round][key]));
  const cpu = (list) => median(list.map((sample) => sample.cpuMicrosPerRequest));
  const estimated = {};
  for (const [contender, list] of Object.entries(samples)) {
    estimated[`cpuMicros.${contender}`] = cpu(list);
    estimated[`perSecond.${contender}`] = Math.round(median(list.map((sample) => sample.perSecond)));
    estimated[`p50Ms.${contender}`] = median(list.map((sample) => sample.p50Ms));
    estimated[`p99Ms.${contender}`] = median(list.map((sample) => sample.p99Ms));
    if (contender === 'nginx') continue;
    estimated[`timesNginx.${contender}`] = ratio(list, 'cpuMicrosPerRequest');
    estimated[`p99TimesNginx.${contender}`] = ratio(list, 'p99Ms');
  }
  estimated['timesBestPeer.holdfast'] = cpu(samples.holdfast) / Math.min(...peers.map((peer) => cpu(samples[peer])));
  return { counted: { requestsFailed: failedOf(samples.holdfast) }, estimated };
}

/** The requests of some samples that failed. */
export function failedOf(samples) {
  const hit = samples.reduce((sum, { failures }) => sum + failures, 0);
  return { hit, of: hit + samples.reduce((sum, { requests }) => sum + requests, 0) };
}

async function affinityCookie(contender) {
  const answer = await fetch(`http://127.0.0.1:${contender.port}/small`);
  await answer.text();
  return answer.headers.getSetCookie()[0]?.split(';')[0]?.split('=')[1] ?? 'none';
}
