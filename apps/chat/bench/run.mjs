/** `npm run bench -- chat [--quick] [--only fan-out,storm,faults]`: see docs/chat.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fanOut } from './fan-out.mjs';
import { faults } from './faults.mjs';
import { storm } from './storm.mjs';
import { judges, printVerdicts } from './verdicts.mjs';

const benches = { 'fan-out': fanOut, storm, faults };
const names = /** @type {(keyof typeof benches)[]} */ (Object.keys(benches));
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const chosen = values.only?.split(',').map((name) => name.trim()) ?? names;
const unknown = chosen.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  console.error(`--only "${unknown.join(',')}" is unknown; choose from ${names.join(', ')}`);
  process.exit(1);
}

const startedAt = new Date().toISOString();
const loadBefore = loadavg()[0];
/** @type {Record<string, unknown>} */
const results = {};
const verdicts = [];
for (const name of names.filter((each) => chosen.includes(each))) {
  console.log(`… ${name}`);
  const result = await benches[name]({ quick: values.quick });
  console.table(result);
  const judged = judges[name](/** @type {any} */ (result));
  printVerdicts(judged);
  results[name] = result;
  verdicts.push(...judged.map((verdict) => ({ part: name, ...verdict })));
}
const machine = {
  cores: cpus().length,
  memoryBytes: totalmem(),
  node: process.version,
  loadBefore,
  loadAfter: loadavg()[0],
};
const report = { startedAt, machine, quick: values.quick, ...results, verdicts };
const directory = fileURLToPath(new URL('../../../loadtests/results/', import.meta.url));
mkdirSync(directory, { recursive: true });
const file = `${directory}bench-chat-${startedAt.replace(/[:.]/g, '-')}.json`;
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
console.log(file);
