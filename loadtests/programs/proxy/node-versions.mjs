/**
 * CPU µs per request of the proxy under Node 20, 22 and 24: the same proxy, each version in a process of its own, rounds interleaved.
 * Versions other than the one that runs this come from npm (the package `node`), into .data/.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cases, failedOf } from './cost.mjs';
import { startGenerator } from './generator.mjs';
import { median } from './median.mjs';
import { startDestinations } from './native.mjs';
import { startNode } from './start-node.mjs';

const PROXY_CORE = '0';
const LOAD_CORE = '1';
const VERSIONS = ['20', '22', '24'];
const data = fileURLToPath(new URL('../../../.data/', import.meta.url));

export async function measure({ case: name, quick }) {
  const plan = { rounds: 3, durationMs: quick ? 1500 : 3000, warmUpMs: quick ? 3000 : 8000 };
  const job = cases[name];
  const destinations = await startDestinations(LOAD_CORE);
  const DESTINATIONS = JSON.stringify(destinations.ports);
  const generator = startGenerator(LOAD_CORE);
  const samples = new Map();
  for (const version of VERSIONS) {
    const node = findNode(version);
    if (node === undefined) continue;
    samples.set({ version, ...(await startNode('holdfast.mjs', { DESTINATIONS }, PROXY_CORE, [], node)) }, []);
  }
  for (const { port } of samples.keys()) await generator.run({ ...job, port, durationMs: plan.warmUpMs });
  for (let round = 0; round < plan.rounds; round++) {
    for (const [{ port, pids }, list] of samples)
      list.push(await generator.run({ ...job, port, durationMs: plan.durationMs }, pids()));
  }
  const [first] = samples.values();
  const estimated = {};
  for (const [{ version }, list] of samples) {
    estimated[`cpuMicros.node${version}`] = median(list.map((sample) => sample.cpuMicrosPerRequest));
    estimated[`p99Ms.node${version}`] = median(list.map((sample) => sample.p99Ms));
    if (list === first) continue;
    estimated[`timesOldest.node${version}`] = median(
      list.map((sample, round) => sample.cpuMicrosPerRequest / first[round].cpuMicrosPerRequest),
    );
  }
  return { counted: { requestsFailed: failedOf([...samples.values()].flat()) }, estimated };
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
      console.error(`\n  !!! Node ${major} IS NOT MEASURED: npm install node@${major} did not bring it\n`);
      return undefined;
    }
  }
  return program;
}
