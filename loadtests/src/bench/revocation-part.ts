import { BenchLab } from './bench-lab.js';
import { measureRevocation } from './revocation.js';

const GOAL_MS = 250;

/** Measures the time from the end of a session until every instance refuses it. Prints the figures and resolves with them. */
export async function benchRevocation(quick: boolean): Promise<object> {
  console.error('… starting the services');
  const lab = await BenchLab.start();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void lab.end().then(() => process.exit(130)));
  try {
    await lab.system.ready;
    return await measure(lab.system, quick);
  } finally {
    await lab.end();
  }
}

async function measure(system: BenchLab['system'], quick: boolean): Promise<object> {
  const dose = quick ? { sockets: 100, revocations: 30 } : { sockets: 1000, revocations: 300 };
  console.error(`… signing in ${dose.sockets} users, then ending ${dose.revocations} sessions (a minute or two)`);
  const times = await measureRevocation(system, dose);
  console.log(`From ending a session to 401 on ${times.instances} instances of 3 services, and to its closed socket,`);
  console.log(`${times.sockets} sockets open, ${times.revocations} sessions ended:`);
  console.table({ refused: times.refused, closed: times.closed });
  const slowest = Math.max(times.refused.p99Ms, times.closed.p99Ms);
  console.log(`${slowest <= GOAL_MS ? 'holds' : 'FAILS'}: p99 within ${GOAL_MS} ms`);
  return times;
}
