import type { SetName } from '../registry/experiments.js';
import { suggestion } from '../registry/nearest-name.js';
import { readFlags } from './bad-arguments.js';

/** The arguments of `npm run compare`. */
export interface CompareArguments {
  readonly help: boolean;
  readonly set: SetName;
  /** The arms to run; undefined: all of the set. */
  readonly scenarios: string[] | undefined;
  /** The disturbances to run, `none` for calm runs; undefined: those of the experiments. */
  readonly faults: string[] | undefined;
  /** The load balancers that everything runs behind, one after the other; undefined: our gateway. */
  readonly engines: string[] | undefined;
  readonly blocks: number;
  /** True when no flag gives the number of blocks: experiments that need fewer have fewer. */
  readonly usualBlocks: boolean;
  readonly seed: number;
  readonly from: string | undefined;
  readonly against: string | undefined;
  readonly resume: string | undefined;
}

/** Blocks of each set, when no flag says how many. */
export const BLOCKS: Readonly<Record<SetName, number>> = { quick: 2, standard: 3, deep: 3 };

/** The names that the flags may contain. */
export interface KnownNames {
  readonly arms: readonly string[];
  readonly disturbances: readonly string[];
  readonly engines: readonly string[];
}

export const usage = ({
  arms,
  disturbances,
  engines,
}: KnownNames): string => `npm run compare                            the standard set of experiments
npm run compare -- --quick                 the quick set, within six minutes
npm run compare -- --deep                  every experiment there is, hours
npm run compare -- --scenario a,b          only these arms: ${arms.join(', ')}
npm run compare -- --fault x,y             only these disturbances: none, ${disturbances.join(', ')}
npm run compare -- --engine a,b            the same behind each of these load balancers: ${engines.join(', ')}
npm run compare -- --repeat n              n blocks of every experiment (quick 2, else 3 or what it needs)
npm run compare -- --seed n                send times, addresses and the order of arms (1)
npm run compare -- --resume <folder>       goes on with a comparison that was interrupted
npm run compare -- --app my-app.yaml        your own app; see docs/your-app.md
npm run compare -- --from results.json     judges and draws again without running; with --against other.json compares the two`;

const OPTIONS = {
  quick: { type: 'boolean' },
  deep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  scenario: { type: 'string' },
  fault: { type: 'string' },
  engine: { type: 'string' },
  repeat: { type: 'string' },
  seed: { type: 'string' },
  from: { type: 'string' },
  against: { type: 'string' },
  resume: { type: 'string' },
} as const;

/** The flags that a results.json was made with: they cannot change afterwards. */
const ASKED_ONCE = ['quick', 'deep', 'scenario', 'fault', 'engine', 'repeat', 'seed'] as const;

/** Reads the command line; `mistakes` lists every mistake with the allowed values. */
export function readCompareArguments(
  argv: readonly string[],
  { arms, disturbances, engines }: KnownNames,
): { mistakes: string[]; arguments: CompareArguments } {
  const mistakes: string[] = [];
  const values = parse(argv, mistakes);
  if (values.quick && values.deep) mistakes.push('--quick and --deep exclude each other');
  if (values.resume !== undefined && values.from !== undefined) mistakes.push('--resume and --from exclude each other');
  for (const reader of ['resume', 'from'] as const) {
    if (values[reader] === undefined) continue;
    const ignored = ASKED_ONCE.filter((flag) => values[flag] !== undefined);
    for (const flag of ignored)
      mistakes.push(
        `--${flag} has no effect with --${reader}, which keeps what its results.json was asked; leave it out`,
      );
  }
  const set: SetName = values.quick ? 'quick' : values.deep ? 'deep' : 'standard';
  return {
    mistakes,
    arguments: {
      help: values.help === true,
      set,
      scenarios: readNames('scenario', values.scenario, arms, mistakes),
      faults: readNames('fault', values.fault, ['none', ...disturbances], mistakes),
      engines: readNames('engine', values.engine, engines, mistakes),
      blocks: readCount('repeat', values.repeat, BLOCKS[set], { low: 1, high: 100 }, mistakes),
      usualBlocks: values.repeat === undefined,
      seed: readCount('seed', values.seed, 1, { low: 0, high: 999_999_999 }, mistakes),
      ...{ from: values.from, against: values.against, resume: values.resume },
    },
  };
}

/** A list of known names; undefined when the flag is missing. */
export function readNames(
  flag: string,
  text: string | undefined,
  known: readonly string[],
  mistakes: string[],
): string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!known.includes(name)) mistakes.push(`--${flag} "${name}" is unknown; ${suggestion(name, known)}`);
  }
  return names;
}

export function readCount(
  flag: string,
  text: string | undefined,
  usual: number,
  { low, high }: { readonly low: number; readonly high: number },
  mistakes: string[],
): number {
  if (text === undefined) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  mistakes.push(`--${flag} "${text}" must be a whole number from ${low} to ${high}`);
  return usual;
}

function parse(argv: readonly string[], mistakes: string[]) {
  try {
    return readFlags({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return {};
  }
}
