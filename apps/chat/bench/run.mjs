/** `npm run bench -- chat [--quick] [--only fan-out,storm,faults]`: see docs/chat.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fanOut } from './fan-out.mjs';
import { faults } from './faults.mjs';
import { storm } from './storm.mjs';

const benches = { 'fan-out': fanOut, storm, faults };
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const chosen = values.only?.split(',') ?? Object.keys(benches);
const startedAt = new Date().toISOString();
/** @type {Record<string, unknown>} */
const results = {
  startedAt,
  machine: { cores: cpus().length, memoryBytes: totalmem(), node: process.version },
  quick: values.quick,
};
for (const [name, bench] of Object.entries(benches)) {
  if (!chosen.includes(name)) continue;
  console.log(`… ${name}`);
  results[name] = await bench({ quick: values.quick });
  console.table(results[name]);
}
const directory = fileURLToPath(new URL('../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const file = `${directory}bench-chat-${startedAt.replace(/[:.]/g, '-')}.json`;
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
console.log(file);
