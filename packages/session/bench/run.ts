/**
 * `npm run bench`: the session stores side by side. `-- --only races,stock-stores,cost,latency,revocation,scale,memory` picks sections,
 * `-- --quick` makes each small.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCost } from './cost.js';
import { breakEven, measureLatency } from './latency.js';
import { measureMemory } from './memory.js';
import { raceLogins, raceSessions } from './races.js';
import { measureRevocation } from './revocation.js';
import { measureScale } from './scale.js';
import { raceStockStores } from './stock-stores/race-stock-stores.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'cost,latency,revocation,scale,memory,races,stock-stores' },
    quick: { type: 'boolean', default: false },
  },
});

const sections: Record<string, (quick: boolean) => Promise<object>> = {
  ...{ cost, latency, revocation },
  ...{ scale, memory, races, 'stock-stores': stockStores },
};
const results: Record<string, unknown> = {
  startedAt: new Date().toISOString(),
  machine: { cores: cpus().length, memoryBytes: totalmem(), node: process.version },
};
for (const name of values.only.split(',')) {
  const section = sections[name];
  if (section === undefined) {
    console.error(`--only ${name}: there is ${Object.keys(sections).join(', ')}`);
    process.exit(1);
  }
  results[name] = await section(values.quick);
}

const directory = fileURLToPath(new URL('../../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const file = `${directory}bench-session-${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(`\n${file}`);

async function cost(quick: boolean): Promise<object> {
  console.log('\nAn authenticated GET, 16 connections: CPU of the server, and commands to Redis');
  const stores = quick ? await measureCost(3, 2) : await measureCost(7, 5);
  console.table(stores);
  return stores;
}

async function latency(quick: boolean): Promise<object> {
  console.log('\nMilliseconds of an authenticated GET, one connection, as the way to Redis gets longer');
  const points = quick ? await measureLatency(1, 1) : await measureLatency(3, 3);
  console.table(points);
  console.table(breakEven(points));
  return { points, breakEven: breakEven(points) };
}

async function revocation(quick: boolean): Promise<object> {
  const times = quick ? await measureRevocation(200, 50) : await measureRevocation(1000, 500);
  console.log(
    `\nFrom revoke to 401 on all of 3 instances, and to the closed socket, ${times.openSockets} sockets open`,
  );
  console.table({ refused: times.refused, closed: times.closed });
  return times;
}

async function scale(quick: boolean): Promise<object> {
  console.log('\nMemory and time per session as their number grows');
  const points = await measureScale(quick ? [1000, 10_000] : [1000, 10_000, 100_000, 1_000_000]);
  console.table(points);
  return points;
}

async function memory(quick: boolean): Promise<object> {
  console.log('\nHeap of the server per session, as the number of sessions grows');
  const points = await measureMemory(quick ? [500, 1500, 3000] : [2000, 5000, 10_000]);
  console.table(points);
  return points;
}

async function races(quick: boolean): Promise<object> {
  const pairs = quick ? 2000 : 100_000;
  console.log(`\nRaces between two processes, ${pairs} pairs of each kind`);
  const counts = [];
  for (const variant of ['connect-redis', 'redis', 'cached'] as const) counts.push(await raceSessions(variant, pairs));
  console.table(counts);
  const cap = await raceLogins('redis', quick ? 50 : 1000);
  console.log(
    `${cap.rounds} rounds of ${cap.parallelLogins} parallel logins, cap ${cap.cap}: ${cap.mostAlive} alive at most`,
  );
  return { counts, cap };
}

async function stockStores(quick: boolean): Promise<object> {
  const pairs = quick ? 200 : 1000;
  console.log(
    `\nThe same races on the usual stores of other languages, between two servers, by HTTP, ${pairs} pairs of each kind`,
  );
  const counts = await raceStockStores(pairs);
  console.table(counts);
  return counts;
}
