/**
 * `npm run bench -- events`, second part: stops Kafka for a minute while services are under load; `-- --seconds 10` makes the outage
 * shorter. Counts failed requests, and after the outbox has drained: events lost, handled twice, and out of order for their key.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { obtainKafka, startRedis, waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { startLoad } from './load.mjs';
import { startServices } from './services.mjs';

const prefix = 'hf:';
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
const outageSeconds = Number(values.seconds);
const aroundSeconds = Math.min(10, outageSeconds);

const startKafka = await obtainKafka();
if (startKafka === undefined) process.exit(1);
const [kafka, server] = await Promise.all([startKafka(), startRedis()]);
const redis = new Redis(server.url);
const services = await startServices(3, { REDIS_URL: server.url, KAFKA_BROKERS: kafka.brokers, KEY_PREFIX: prefix });
const waiting = () => redis.xlen(`${prefix}events`);

const load = startLoad({ urls: services.urls, keys: 40, everyMs: 200 });
// The first event is handled when the topic and the groups exist.
await waitFor(async () => (await redis.hexists(`${prefix}counts`, 'handled')) === 1, { timeoutMs: 60_000 });
load.phase('before');
await delay(aroundSeconds * 1_000);
console.log(`Kafka stops for ${outageSeconds} s`);
load.phase('outage');
await kafka.down();
await delay(outageSeconds * 1_000);
const mostWaiting = await waiting();
await kafka.up();
const backAt = Date.now();
console.log(`Kafka is back, ${mostWaiting} events wait`);
load.phase('after');
// Requests go on, so a few new events always wait.
await waitFor(async () => (await waiting()) < 50, { timeoutMs: 120_000 });
const drainedMs = Date.now() - backAt;
await delay(aroundSeconds * 1_000);
const { phases, acknowledged } = await load.end();
const total = Object.values(acknowledged).flat().length;
const handled = async () => Number((await redis.hget(`${prefix}counts`, 'handled')) ?? 0);
await waitFor(async () => (await handled()) >= total, { timeoutMs: 120_000 }).catch(() => undefined);

const verdict = await compare(acknowledged);
const results = {
  startedAt: new Date().toISOString(),
  machine: { cores: cpus().length, memoryBytes: totalmem(), node: process.version },
  outageSeconds,
  phases,
  acknowledged: total,
  mostWaiting,
  drainedMs,
  ...verdict,
};
console.table(phases);
console.log(
  `${total} events: ${verdict.lost} lost, ${verdict.outOfOrder} out of order, ${verdict.invented} of failed requests`,
);
console.log(
  `${verdict.givenAgain} events were delivered again and recognised by their id; the backlog was in Kafka ${drainedMs} ms after it was back`,
);
const directory = fileURLToPath(new URL('../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const file = `${directory}bench-events-${results.startedAt.replace(/[:.]/g, '-')}.json`;
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(file);

await services.stop();
redis.disconnect();
await Promise.all([kafka.stop(), server.stop()]);
const failed = Object.values(phases).reduce((sum, phase) => sum + phase.failed, 0);
process.exit(failed + verdict.lost + verdict.outOfOrder + verdict.invented === 0 ? 0 : 1);

/** Compares the handled events of each key with the acknowledged requests. */
async function compare(/** @type {Record<string, number[]>} */ expected) {
  let [lost, outOfOrder, invented] = [0, 0, 0];
  for (const [key, numbers] of Object.entries(expected)) {
    const seen = (await redis.lrange(`${prefix}handled:${key}`, 0, -1)).map(Number);
    lost += numbers.filter((number) => !seen.includes(number)).length;
    invented += seen.filter((number) => !numbers.includes(number)).length;
    outOfOrder += seen.filter((number, i) => i > 0 && number < (seen[i - 1] ?? 0)).length;
  }
  const givenAgain = Number((await redis.hget(`${prefix}counts`, 'again')) ?? 0);
  return { lost, outOfOrder, invented, givenAgain };
}
