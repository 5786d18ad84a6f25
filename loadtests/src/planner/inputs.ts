import { readNumber, shortNumber } from './numbers.js';

interface Field {
  readonly says: string;
  readonly low: number;
  readonly high: number;
  readonly whole?: true;
  /** Missing for a field that is required, or whose default follows from others. */
  readonly default?: number;
}

/** Every number of a plan; the flag of `sessionMinutes` is `--session-minutes`. */
const FIELDS = {
  users: { says: 'users with a live session at the peak', low: 1, high: 1e8, whole: true },
  rps: { says: 'requests a second at the peak', low: 0.001, high: 1e9 },
  replicas: { says: 'servers that run now', low: 1, high: 10_000, whole: true },
  scaleOutTo: { says: 'servers after scaling out (default: half more)', low: 2, high: 20_000, whole: true },
  scaleInTo: { says: 'servers after scaling in (default: two thirds)', low: 1, high: 10_000, whole: true },
  utilisation: {
    says: 'part of the CPU and memory of servers and gateways to use',
    low: 0.05,
    high: 0.95,
    default: 0.6,
  },
  cores: { says: 'cores of one server; one Node.js process uses one', low: 0.1, high: 512, default: 1 },
  serverMemoryMb: { says: 'memory of one server', low: 64, high: 1e7, default: 512 },
  spare: { says: 'servers more than the load needs, for a crash', low: 0, high: 100, whole: true, default: 1 },
  sessionMinutes: { says: 'mean time from login to the last request, exponential', low: 0.1, high: 1e6, default: 30 },
  idleMinutes: { says: 'time a session is kept after its last request', low: 0.1, high: 1e6, default: 30 },
  drainMinutes: { says: 'longest wait for bound users before a drained server ends', low: 0, high: 1e5, default: 5 },
  startSeconds: { says: 'time a server takes to start', low: 0, high: 86_400, default: 10 },
  deployPart: {
    says: 'part of the servers replaced at a time, at least one server',
    low: 0.001,
    high: 1,
    default: 0.1,
  },
  readShare: { says: 'part of the requests that read data of the app', low: 0, high: 1, default: 0.5 },
  writeShare: { says: 'part of the requests that write data of the app', low: 0, high: 1, default: 0.2 },
  sessionWrites: { says: 'part of the requests that change the session', low: 0, high: 1, default: 0.01 },
  cacheSessions: {
    says: 'sessions that one near cache keeps at most',
    low: 1,
    high: 1e9,
    whole: true,
    default: 10_000,
  },
  redisCopies: { says: 'copies of each shard, its replica included', low: 1, high: 10, whole: true, default: 2 },
  redisOverhead: { says: 'memory of Redis over what its keys take', low: 1, high: 10, default: 1.3 },
  shardGb: { says: 'memory of one shard', low: 0.1, high: 1e5, default: 8 },
  redisUtilisation: { says: 'part of one core that a shard may use', low: 0.05, high: 0.95, default: 0.5 },
  slowStartSeconds: { says: "the gateway's slow start", low: 0, high: 3600, default: 0 },
  latencyMs: { says: 'time a request takes, for policies that go by load', low: 0.1, high: 60_000, default: 20 },
  night: { says: 'lowest traffic of the day as part of the peak; the day is a sine', low: 0, high: 1, default: 0.2 },
  priceServerHour: { says: 'price of a server for an hour', low: 0, high: 1e6, default: 0.05 },
  priceRedisGbHour: { says: 'price of a GB of Redis for an hour', low: 0, high: 1e6, default: 0.02 },
  priceTrafficGb: { says: 'price of a GB to or from clients', low: 0, high: 1e6, default: 0.05 },
  seed: { says: 'of the simulation', low: 0, high: 4_294_967_295, whole: true, default: 1 },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;
export type PlanPolicy = (typeof POLICIES)[number];
export type Inputs = Readonly<Record<FieldName, number>> & { readonly policy: PlanPolicy };

/** Policies that choose a server for a user without a cookie. A hash of the address is missing, as it needs no cookie to bind users. */
const POLICIES = ['round-robin', 'least-requests', 'random-two'] as const;
const NAMES = Object.keys(FIELDS) as FieldName[];

/** A number the plan rests on. */
export interface Assumption {
  readonly name: string;
  readonly value: string;
  readonly says: string;
  /** `input`: given by a flag; `assumed`: a default that is not measured; `measured`: from a run. */
  readonly source: 'input' | 'assumed' | 'measured';
  /** The source of a measured number: the command and the day. */
  readonly from?: string;
}

export interface ReadInputs {
  readonly inputs: Inputs;
  readonly assumptions: readonly Assumption[];
  /** Each mistake names the flag, the error and the allowed values; with any mistake, `inputs` is of no use. */
  readonly mistakes: readonly string[];
  readonly from: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

export const planUsage = `npm run lab -- plan --users 2e6 --rps 50k --replicas 40 [options]

Numbers may be written 2e6, 50k, 1.5M.
${NAMES.map((name) => `  ${flagOf(name).padEnd(24)} ${FIELDS[name].says}${describeDefault(FIELDS[name])}`).join('\n')}
  ${'--policy'.padEnd(24)} ${POLICIES.join(', ')} (round-robin)
  ${'--from <results.json>'.padEnd(24)} takes CPU per request and shares of servers from a file of the lab's results
  ${'--json'.padEnd(24)} prints the plan as JSON`;

export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Reads the words after `plan`; finds every mistake at once. */
export function readInputs(argv: readonly string[]): ReadInputs {
  const mistakes: string[] = [];
  const words = readWords(argv, mistakes);
  const given = new Map(NAMES.map((name) => [name, readField(name, words, mistakes)]));
  const replicas = given.get('replicas') ?? Number.NaN;
  const derived: Partial<Record<FieldName, number>> = {
    scaleOutTo: Math.ceil(replicas * 1.5),
    scaleInTo: Math.max(1, Math.floor((replicas * 2) / 3)),
  };
  const numbers = Object.fromEntries(
    NAMES.map((name) => [name, given.get(name) ?? derived[name] ?? (FIELDS[name] as Field).default ?? Number.NaN]),
  ) as Record<FieldName, number>;
  checkTogether(numbers, mistakes);
  const policy = words.get('--policy') ?? 'round-robin';
  if (!isPolicy(policy)) mistakes.push(`--policy "${policy}": is unknown; choose ${POLICIES.join(', ')}`);
  return {
    inputs: { ...numbers, policy: isPolicy(policy) ? policy : 'round-robin' },
    assumptions: [
      ...NAMES.map((name) => ({
        ...{ name: flagOf(name), value: shortNumber(numbers[name]), says: FIELDS[name].says },
        source: given.get(name) === undefined ? ('assumed' as const) : ('input' as const),
      })),
      {
        ...{ name: '--policy', value: policy, says: 'how the gateway chooses the server of a user without a cookie' },
        source: words.get('--policy') === undefined ? 'assumed' : 'input',
      },
    ],
    mistakes,
    from: words.get('--from'),
    json: words.has('--json'),
    help: words.has('--help'),
  };
}

const SWITCHES = ['--json', '--help'];

/** The value of each flag; a switch has none. */
function readWords(argv: readonly string[], mistakes: string[]): Map<string, string | undefined> {
  const known = [...NAMES.map(flagOf), '--policy', '--from'];
  const words = new Map<string, string | undefined>();
  for (let at = 0; at < argv.length; at += 1) {
    const [flag = '', ...inline] = (argv[at] ?? '').split('=');
    if (SWITCHES.includes(flag) || flag === '-h') words.set(flag === '-h' ? '--help' : flag, undefined);
    else if (!flag.startsWith('--')) mistakes.push(`"${argv[at]}": is no option; every option starts with --`);
    else {
      const next = inline.length > 0 ? inline.join('=') : argv[at + 1];
      const value = next?.startsWith('--') ? undefined : next;
      if (inline.length === 0 && value !== undefined) at += 1;
      if (!known.includes(flag)) mistakes.push(`${flag}: is unknown; --help lists the options`);
      else if (value === undefined) mistakes.push(`${flag}: its value is missing; write ${flag} <value>`);
      words.set(flag, value);
    }
  }
  return words;
}

function readField(
  name: FieldName,
  words: ReadonlyMap<string, string | undefined>,
  mistakes: string[],
): number | undefined {
  const text = words.get(flagOf(name));
  const { low, high, whole, default: fallback, says }: Field = FIELDS[name];
  const allowed = `${whole ? 'a whole number' : 'a number'} from ${low} to ${high}`;
  if (text === undefined) {
    const isRequired = fallback === undefined && name !== 'scaleOutTo' && name !== 'scaleInTo';
    if (isRequired && !words.has(flagOf(name)))
      mistakes.push(`${flagOf(name)}: is missing (${says}); give ${allowed}, for example ${flagOf(name)} 2e3`);
    return undefined;
  }
  const value = readNumber(text);
  if (value === undefined || value < low || value > high || (whole && !Number.isInteger(value))) {
    mistakes.push(`${flagOf(name)} "${text}": ${says}; give ${allowed}, such as 40, 50k or 2e6`);
    return undefined;
  }
  return value;
}

function checkTogether(inputs: Record<FieldName, number>, mistakes: string[]): void {
  const { replicas, scaleOutTo, scaleInTo, readShare, writeShare } = inputs;
  if (scaleOutTo <= replicas) mistakes.push(`--scale-out-to ${scaleOutTo}: give more than --replicas ${replicas}`);
  if (scaleInTo >= replicas && replicas > 1) {
    mistakes.push(`--scale-in-to ${scaleInTo}: give fewer than --replicas ${replicas}`);
  }
  if (readShare + writeShare > 1) {
    mistakes.push(
      `--read-share ${readShare} and --write-share ${writeShare}: are more than 1 together; lower one of them`,
    );
  }
}

function isPolicy(text: string): text is PlanPolicy {
  return (POLICIES as readonly string[]).includes(text);
}

function describeDefault(field: Field): string {
  return field.default === undefined ? '' : ` (${field.default})`;
}
