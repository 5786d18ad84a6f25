import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCost } from './cost.js';
import { raceLogins, raceSessions } from './races.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'races' },
    quick: { type: 'boolean', default: false },
  },
});
const sections = values.only.split(',');
const results: Record<string, unknown> = {
  startedAt: new Date().toISOString(),
  machine: { cores: cpus().length, memoryBytes: totalmem(), node: process.version },
};

if (sections.includes('races')) {
  const pairs = values.quick ? 2000 : 100_000;
  console.log(`\nRaces between two processes, ${pairs} pairs of each kind`);
  const races = [];
  for (const variant of ['connect-redis', 'redis', 'cached'] as const) races.push(await raceSessions(variant, pairs));
  console.table(races);
  const cap = await raceLogins('redis', values.quick ? 50 : 1000);
  console.log(
    `Cap: ${cap.rounds} rounds of ${cap.parallelLogins} parallel logins, cap ${cap.cap}: at most ${cap.mostAlive} alive`,
  );
  Object.assign(results, { races, cap });
}

if (sections.includes('cost')) {
  console.log('\nAn authenticated GET, 16 connections');
  const cost = values.quick ? await measureCost(3, 2) : await measureCost(7, 5);
  console.table(cost);
  Object.assign(results, { cost });
}

const directory = fileURLToPath(new URL('../../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const file = `${directory}bench-session-${new Date().toISOString().replace(/[:.]/g, '-')}.json`;
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(`\n${file}`);
