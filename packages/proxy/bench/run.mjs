/**
 * `npm run bench -- proxy`: ours beside nginx, HAProxy and the Node proxies people use, every contender in one run.
 * `--only cost,node-versions,websockets,slow-attackers,faults,curves,workers,soak` picks parts; `--quick` makes each small
 * (a quarter of an hour in all instead of three), `--full` gives the soak its ten minutes. `--cases`, `--contenders`, `--faults`
 * pick inside a part. The faults are experiments of the lab, which judges them and writes files of its own. Each part prints tables and whether its goals hold; everything is written to loadtests/results/.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stopOwned } from './native.mjs';
import { printVerdicts } from './verdict.mjs';

const parts = {
  cost: () => import('./cost.mjs'),
  'node-versions': () => import('./node-versions.mjs'),
  websockets: () => import('./websockets.mjs'),
  'slow-attackers': () => import('./slow-attackers.mjs'),
  curves: () => import('./curves.mjs'),
  faults: () => ({ measure: measureFaults }),
  workers: () => import('./workers.mjs'),
  soak: () => import('./soak.mjs'),
};
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(parts).join(',') },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    minutes: { type: 'string' },
    idle: { type: 'string' },
    cases: { type: 'string' },
    contenders: { type: 'string' },
    faults: { type: 'string' },
  },
});
const lab = fileURLToPath(new URL('../../../loadtests/dist/bench.js', import.meta.url));
const list = (text) => text?.split(',');
const options = {
  ...values,
  cases: list(values.cases),
  contenders: list(values.contenders),
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
};
const chosen = values.only.split(',');
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`--only ${unknown.join(',')}: there is ${Object.keys(parts).join(', ')}`);
  process.exit(1);
}

const startedAt = new Date().toISOString();
const folder = fileURLToPath(new URL('../../../loadtests/results/', import.meta.url));
mkdirSync(folder, { recursive: true });
const machine = { cores: cpus().length, node: process.version, loadBefore: loadavg() };
const results = {};
const verdicts = [];
for (const name of chosen) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 100 - name.length))}`);
  const part = await parts[name]();
  const outcome = await part.measure(options);
  stopOwned();
  results[name] = outcome;
  console.log('');
  printVerdicts(outcome.verdicts);
  verdicts.push(...outcome.verdicts);
}
const file = `bench-proxy-${startedAt.replace(/[:.]/g, '-')}.json`;
const report = { startedAt, machine: { ...machine, loadAfter: loadavg() }, options: values, results };
writeFileSync(`${folder}${file}`, `${JSON.stringify(report, null, 2)}\n`);

const missed = verdicts.filter(({ holds }) => holds === false);
console.log(`\n${verdicts.filter(({ holds }) => holds === true).length} of ${verdicts.length} goals hold`);
printVerdicts(missed);
console.log(`load of the machine: ${machine.loadBefore[0].toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`);
console.log(`loadtests/results/${file}`);
process.exit(0);

function measureFaults({ quick, faults }) {
  const picked = faults === undefined ? [] : ['--only', faults];
  const { status } = spawnSync(process.execPath, [lab, 'proxy', ...picked, ...(quick ? ['--quick'] : [])], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  return { verdicts: [] };
}
