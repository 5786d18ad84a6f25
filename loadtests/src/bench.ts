/** `npm run bench -- loadtests [--quick]`: what the comparison does not ask, on the running services. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureRevocation } from './experiments/revocation.js';
import { freePorts } from './system/free-ports.js';
import { RunningSystem } from './system/running-system.js';

const goalMs = 250;

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const dir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
// They all register from one address.
process.env.REGISTRATIONS_PER_ADDRESS = '100000';
const [gateway = 0, admin = 0] = await freePorts(2);
console.error('… starting the services');
const system = new RunningSystem(['round-robin-cached'], join(dir, 'data'), { gateway, admin });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void end().then(() => process.exit(130)));
}
try {
  await system.ready;
  const dose = values.quick ? { sockets: 100, revocations: 30 } : { sockets: 1000, revocations: 300 };
  console.error(`… signing in ${dose.sockets} users, then ending ${dose.revocations} sessions (a minute or two)`);
  const times = await measureRevocation(system, dose);
  console.log(`From ending a session to 401 on ${times.instances} instances of 3 services, and to its closed socket,`);
  console.log(`${times.sockets} sockets open, ${times.revocations} sessions ended:`);
  console.table({ refused: times.refused, closed: times.closed });
  const slowest = Math.max(times.refused.p99Ms, times.closed.p99Ms);
  console.log(`${slowest <= goalMs ? 'holds' : 'FAILS'}: p99 within ${goalMs} ms`);
  const results = join(import.meta.dirname, '../../loadtests/results');
  await mkdir(results, { recursive: true });
  const file = join(results, `bench-revocation-${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify(times, null, 2)}\n`);
  console.log(file);
} finally {
  await end();
}

async function end(): Promise<void> {
  await system.stop();
  await rm(dir, { recursive: true, force: true });
}
