import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainRedis } from '@holdfast/infra';
import { Redis } from 'ioredis';
import { readFlags } from '../../cli/bad-arguments.js';
import { measureMemory } from '../../session-cost/memory.js';
import { freePorts } from '../../systems/free-ports.js';
import { RunningSystem } from '../../systems/running-system.js';
import { PLAN_ARMS, STORES, type StoreName } from '../arms.js';
import { MEASURED_COSTS_FILE } from '../measured-costs.js';
import { type Dose, measureScenario, type ScenarioCosts } from './measure-scenario.js';
import { systemProcesses } from './process-cpu.js';
import { assembleCosts, writeCosts } from './write-costs.js';

const root = join(import.meta.dirname, '../../../..');
const RESULTS = join(root, 'loadtests/results');
const FULL: Dose = { users: 100, connections: 16, requests: 3000, logins: 150 };
const QUICK: Dose = { users: 40, connections: 8, requests: 800, logins: 60 };

const USAGE = `npm run lab -- measure-costs            the costs that \`plan\` starts from, into loadtests/results/
npm run lab -- measure-costs --write    and into loadtests/src/planner/measured-costs.json
npm run lab -- measure-costs --quick    with fewer requests`;

/** `lab measure-costs`: starts the system once per store and measures each kind of request. Linux only, since CPU time comes from /proc. */
export async function measureCostsCommand(argv: readonly string[]): Promise<number> {
  const chosen = readOptions(argv);
  if (typeof chosen === 'string') {
    process.stderr.write(`${chosen}\n\n${USAGE}\n`);
    return 2;
  }
  if (chosen.help) {
    console.log(USAGE);
    return 0;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('measure-costs reads CPU time from /proc, which only Linux has; run it on Linux.\n');
    return 2;
  }
  const measured = new Map<StoreName, ScenarioCosts>();
  let baseBytes = 0;
  for (const store of STORES) {
    const scenario = PLAN_ARMS.find((arm) => arm.store === store)?.scenario ?? '';
    process.stderr.write(`… ${scenario}\n`);
    const { costs, residentBytes } = await measureOne(scenario, chosen.quick ? QUICK : FULL);
    measured.set(store, costs);
    if (store === 'memory') baseBytes = residentBytes;
  }
  process.stderr.write('… memory of sessions in the process\n');
  const points = await measureMemory(chosen.quick);
  const processBytes = new Map(points.map(({ store, processBytesPerSession }) => [store, processBytesPerSession]));
  const costs = assembleCosts({ measured, processBytes, baseBytes });
  console.log(await writeCosts(costs, RESULTS, chosen.write ? MEASURED_COSTS_FILE : undefined));
  return 0;
}

function readOptions(argv: readonly string[]): { quick: boolean; write: boolean; help: boolean } | string {
  try {
    const { values } = readFlags({
      args: [...argv],
      options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    return { quick: values.quick === true, write: values.write === true, help: values.help === true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function measureOne(scenario: string, dose: Dose): Promise<{ costs: ScenarioCosts; residentBytes: number }> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-costs-'));
  // A Redis of our own, even if REDIS_URL is set: its counters must count this system alone.
  const redisServer = await obtainRedis(dir, { ...process.env, REDIS_URL: '' });
  const redis = new Redis(redisServer.url);
  const [gateway = 0, admin = 0] = await freePorts(2);
  const system = new RunningSystem([scenario], dir, { gateway, admin }, { REDIS_URL: redisServer.url });
  const interrupted = () => void end().then(() => process.exit(130));
  const end = async () => {
    await system.stop();
    redis.disconnect();
    await redisServer.stop();
    await rm(dir, { recursive: true, force: true });
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    await system.ready;
    const servers = systemProcesses().filter(({ part }) => part === 'servers');
    const residentBytes = Math.round(
      servers.reduce((sum, one) => sum + one.residentBytes, 0) / Math.max(1, servers.length),
    );
    return { costs: await measureScenario(system.url(scenario), redis, dose), residentBytes };
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await end();
  }
}
