/**
 * CPU µs per request of the proxy under Node 20, 22 and 24: the same proxy, each version in a process of its own, rounds interleaved.
 * Versions other than the one that runs this come from npm (the package `node`), into .data/.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startNode } from './contenders/start-node.mjs';
import { cases } from './cost.mjs';
import { startGenerator } from './generator.mjs';
import { startDestinations } from './native.mjs';
import { median, printTable, verdict } from './verdict.mjs';

const PROXY_CORE = '0';
const LOAD_CORE = '1';
const VERSIONS = ['20', '22', '24'];
const data = fileURLToPath(new URL('../../../.data/', import.meta.url));

export async function measure(options) {
  const rounds = options.rounds ?? (options.quick ? 3 : 5);
  const durationMs = Number(options.seconds ?? (options.quick ? 1.5 : 3)) * 1000;
  const warmUpMs = options.quick ? 3000 : 8000;
  const destinations = await startDestinations(LOAD_CORE);
  const DESTINATIONS = JSON.stringify(destinations.ports);
  const generator = startGenerator(LOAD_CORE);
  const field = [];
  for (const version of VERSIONS) {
    const node = findNode(version);
    if (node === undefined) continue;
    const name = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    field.push({ name, ...(await startNode('holdfast.mjs', { DESTINATIONS }, PROXY_CORE, [], node)) });
  }
  const rows = [];
  for (const [name, job] of Object.entries(cases)) {
    if (job.variant !== undefined || options.cases?.includes(name) === false) continue;
    for (const { port } of field) await generator.run({ ...job, port, durationMs: warmUpMs });
    const samples = new Map(field.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [{ port, pids }, list] of samples)
        list.push(await generator.run({ ...job, port, durationMs }, pids()));
    }
    const [first] = samples.values();
    for (const [contender, list] of samples) {
      rows.push({
        case: name,
        node: contender.name,
        'CPU µs/req': median(list.map((sample) => sample.cpuMicrosPerRequest)),
        [`× ${field[0].name}`]: median(
          list.map((sample, round) => sample.cpuMicrosPerRequest / first[round].cpuMicrosPerRequest),
        ),
        'p99 ms': median(list.map((sample) => sample.p99Ms)),
        failed: list.reduce((sum, sample) => sum + sample.failures, 0),
      });
    }
  }
  printTable('the proxy under several versions of Node', rows);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  return { rows, verdicts: [verdict('no request failed under any version of Node', failed === 0, `${failed} failed`)] };
}

/** The program of a major version: the one that runs, one fetched before, or one fetched now; undefined when it cannot be had. */
function findNode(major) {
  if (process.versions.node.split('.')[0] === major) return process.execPath;
  const folder = `${data}node-${major}`;
  const program = `${folder}/node_modules/node/bin/node`;
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    const fetched = spawnSync('npm', [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--no-save',
      `node@${major}`,
    ]);
    if (fetched.status !== 0 || !existsSync(program)) {
      console.log(`\n  !!! Node ${major} IS NOT MEASURED: npm install node@${major} did not bring it\n`);
      return undefined;
    }
  }
  return program;
}
