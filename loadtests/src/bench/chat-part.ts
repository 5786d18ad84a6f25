import { join } from 'node:path';
import { obtainK6 } from '@holdfast/infra';
import { runComparison } from '../cli/run-comparison.js';
import { loadExperiments } from '../registry/experiments.js';
import { loadRegistry } from '../registry/registry.js';
import type { Experiment, Run } from '../results/results.js';

const root = join(import.meta.dirname, '../../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');
const ARM = 'round-robin-cached';
const FULL = { users: 121 };
const QUICK = { users: 25, measure: '7s' };

/** k6's users talk while servers and Redis die. Prints the counts from their ledgers, and resolves with the figures. */
export async function benchChat(quick: boolean): Promise<object | undefined> {
  const k6 = await obtainK6(dataDir).catch((error: Error) => {
    console.error(`!!! WITHOUT K6 the chat is not measured. ${error.message}`);
    return undefined;
  });
  if (k6 === undefined) return undefined;
  const registry = await loadRegistry();
  const all = loadExperiments(join(root, 'loadtests/experiments'), registry);
  const experiments = all.filter(({ journey }) => journey === 'chat-rooms').map((one) => sized(one, quick));
  const results = await runComparison(
    {
      ...{ experiments, set: 'chosen', blocks: 1, seed: 1, freshFleets: false, before: undefined },
      ...{ only: { scenarios: [ARM], faults: null }, command: 'npm run bench -- loadtests --only chat' },
      folder: join(root, 'loadtests/results', `chat-${new Date().toISOString().replace(/[:.]/g, '-')}`),
    },
    registry,
    dataDir,
  );
  const last = results.runs.filter(({ phase }) => phase !== 'before');
  console.log(`${experiments[0]?.load.users} users in 5 rooms, behind the gateway:`);
  console.table(Object.fromEntries(last.map((run) => [run.experiment, rowOf(run)])));
  return results;
}

/** The experiment with more users, or with fewer for less time and the disturbance earlier. */
function sized(experiment: Experiment, quick: boolean): Experiment {
  if (!quick) return { ...experiment, load: { ...experiment.load, ...FULL } };
  const disturb = experiment.disturb.map((entry) => ({ ...entry, at: '7s' }));
  return { ...experiment, load: { ...experiment.load, ...QUICK }, disturb };
}

function rowOf({ counted, estimated, valid, invalidBecause }: Run): object {
  if (!valid) return { invalid: invalidBecause };
  return {
    expected: counted.chatMissing?.of,
    delivered: counted.chatDuplicated?.of,
    lost: counted.chatMissing?.hit,
    admitted: counted.chatAdmitted?.hit,
    duplicated: counted.chatDuplicated?.hit,
    reordered: counted.chatReordered?.hit,
    cutOff: counted.chatCutOff?.hit,
    backMs: estimated.chatBackMs ?? 0,
    p50Ms: estimated.deliveryP50Ms,
    p99Ms: estimated.deliveryP99Ms,
  };
}
