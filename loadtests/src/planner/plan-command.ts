import { readFileSync } from 'node:fs';
import { resultsSchema } from '../results/results.js';
import { PLAN_ARMS } from './arms.js';
import { type Assumption, planUsage, readInputs } from './inputs.js';
import { type ArmFromResults, costsOfResults, type MeasuredCosts, readMeasuredCosts } from './measured-costs.js';
import { shortBytes, shortNumber } from './numbers.js';
import { makePlan } from './plan.js';
import { printPlan } from './print-plan.js';
import { CHANGE_OPERATIONS, INVALIDATION_BYTES } from './redis-load.js';

/** Numbers that were read in the scripts and the protocol, and not measured. */
const FIXED: readonly Assumption[] = [
  {
    ...{ name: 'a change of a session', value: String(CHANGE_OPERATIONS), source: 'assumed' },
    says: 'operations of Redis, the call of the script and the commands inside it',
  },
  {
    ...{ name: 'an announced change', value: shortBytes(INVALIDATION_BYTES), source: 'assumed' },
    says: 'from Redis to each near cache, for each changed session',
  },
];

/** `lab plan`; resolves with the exit code: 0, or 2 when an input is wrong. */
export async function planCommand(argv: readonly string[]): Promise<number> {
  const { inputs, assumptions, mistakes, from, json, help } = readInputs(argv);
  if (help) {
    console.log(planUsage);
    return 0;
  }
  const all = [...mistakes];
  const ofRun = from === undefined ? new Map<string, ArmFromResults>() : readResults(from, all);
  if (all.length > 0) {
    process.stderr.write(`${all.join('\n')}\n\nnpm run lab -- plan --help lists the options.\n`);
    return 2;
  }
  const costs = readMeasuredCosts();
  const plan = makePlan(inputs, costs, ofRun);
  const restsOn = [...assumptions, ...FIXED, ...measuredAssumptions(costs), ...runAssumptions(from, ofRun)];
  console.log(
    json ? JSON.stringify({ inputs, assumptions: restsOn, ...plan }, null, 2) : printPlan(plan, inputs, restsOn),
  );
  return 0;
}

function readResults(path: string, mistakes: string[]): Map<string, ArmFromResults> {
  const refuse = (why: string) => {
    mistakes.push(`--from ${path}: ${why}; give a results.json of \`npm run compare\``);
    return new Map<string, ArmFromResults>();
  };
  let text: unknown;
  try {
    text = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return refuse(error instanceof SyntaxError ? 'is no JSON' : 'cannot be read');
  }
  const read = resultsSchema.safeParse(text);
  if (!read.success) {
    const [first] = read.error.issues;
    return refuse(`does not have the shape of results (${first?.path.join('.')}: ${first?.message})`);
  }
  const costs = costsOfResults(read.data);
  const wanted = PLAN_ARMS.map(({ scenario }) => scenario).join(', ');
  return costs.size > 0 ? costs : refuse(`has no valid run with a cost of ${wanted}`);
}

function measuredAssumptions({ stores, sources, baseBytes }: MeasuredCosts): Assumption[] {
  const measured = (name: string, value: string, says: string, from: string): Assumption => {
    return { name, value, says, source: 'measured', from };
  };
  return [
    measured('server without sessions', shortBytes(baseBytes), 'memory of the process', sources.baseBytes),
    ...Object.entries(stores).flatMap(([store, { requests, sessionBytes }]) => [
      measured(
        `${store}: one request`,
        `${shortNumber(requests.read.cpuUs.gateway)} + ${shortNumber(requests.read.cpuUs.servers)} + ${shortNumber(requests.read.cpuUs.redis)} us`,
        'CPU of gateway, server and Redis for a read',
        sources.requests,
      ),
      measured(
        `${store}: Redis operations`,
        (['me', 'read', 'write', 'login'] as const)
          .map((kind) => shortNumber(requests[kind].redisOperations))
          .join(' / '),
        'of a request that reads the session alone, a read, a write, a login',
        sources.requests,
      ),
      measured(
        `${store}: one session`,
        `${shortBytes(sessionBytes.process)} / ${shortBytes(sessionBytes.redis)}`,
        'in the process / in Redis',
        `${sources.processBytes}; ${sources.redisBytes}`,
      ),
    ]),
  ];
}

function runAssumptions(from: string | undefined, ofRun: ReadonlyMap<string, ArmFromResults>): Assumption[] {
  return [...ofRun].map(([arm, { cpuUs, maxShareOverMean, runs }]) => ({
    name: `${arm}: CPU, share`,
    value: `${shortNumber(cpuUs.gateway)} + ${shortNumber(cpuUs.servers)} + ${shortNumber(cpuUs.redis)} us, ${shortNumber(maxShareOverMean)}`,
    says: `CPU of gateway, server and Redis per request, busiest server over the mean; median of ${runs} runs`,
    source: 'measured' as const,
    from: from ?? '',
  }));
}
