import { measureRevocation } from '../experiments/revocation.js';
import type { BenchLab } from './bench-lab.js';

const goalMs = 250;

/** How fast a session that is ended somewhere is refused everywhere. Prints it, and resolves with the figures. */
export async function benchRevocation({ system }: BenchLab, quick: boolean): Promise<object> {
  const dose = quick ? { sockets: 100, revocations: 30 } : { sockets: 1000, revocations: 300 };
  console.error(`… signing in ${dose.sockets} users, then ending ${dose.revocations} sessions (a minute or two)`);
  const times = await measureRevocation(system, dose);
  console.log(`From ending a session to 401 on ${times.instances} instances of 3 services, and to its closed socket,`);
  console.log(`${times.sockets} sockets open, ${times.revocations} sessions ended:`);
  console.table({ refused: times.refused, closed: times.closed });
  const slowest = Math.max(times.refused.p99Ms, times.closed.p99Ms);
  console.log(`${slowest <= goalMs ? 'holds' : 'FAILS'}: p99 within ${goalMs} ms`);
  return times;
}
