import { readCount, readNames } from '../cli/arguments.js';
import { readFlags } from '../cli/bad-arguments.js';

/** The arguments of `npm run compare -- --app`. */
export interface AppArguments {
  readonly app: string;
  readonly quick: boolean;
  /** The arms to run, `<routing>-<variant>`; undefined: all. */
  readonly arms: string[] | undefined;
  readonly faults: string[] | undefined;
  readonly blocks: number;
  readonly seed: number;
  readonly resume: string | undefined;
}

/** Blocks, when no flag says how many. */
const BLOCKS = { quick: 2, usual: 3 };

export const APP_USAGE = `npm run compare -- --app my-app.yaml          your own app: each routing × variant, calm and with a server killed
npm run compare -- --app my-app.yaml --quick  two blocks and shorter runs: within twelve minutes for two variants
  --scenario a,b   only these arms: <routing>-<variant>, such as cookie-memory
  --fault none     no server is killed (or kill: only then)
  --repeat n, --seed n, --resume <folder>
npm run lab -- check my-app.yaml             says what is wrong with the file, without starting anything`;

/** Reads the words of a command line that has --app; `mistakes` lists every mistake with the allowed values. */
export function readAppArguments(argv: readonly string[]): { mistakes: string[]; arguments: AppArguments | undefined } {
  const mistakes: string[] = [];
  try {
    const { values } = readFlags({
      args: [...argv],
      options: {
        ...{ app: { type: 'string' }, quick: { type: 'boolean' }, scenario: { type: 'string' } },
        ...{
          fault: { type: 'string' },
          repeat: { type: 'string' },
          seed: { type: 'string' },
          resume: { type: 'string' },
        },
      },
    });
    const { app = '', quick = false, resume } = values;
    for (const flag of ['quick', 'scenario', 'fault', 'repeat', 'seed'] as const)
      if (resume !== undefined && values[flag] !== undefined)
        mistakes.push(
          `--${flag} has no effect with --resume, which keeps what its results.json was asked; leave it out`,
        );
    const usual = quick ? BLOCKS.quick : BLOCKS.usual;
    return {
      mistakes,
      arguments: {
        ...{ app, quick, resume },
        arms: values.scenario?.split(',').map((name) => name.trim()),
        faults: readNames('fault', values.fault, ['none', 'kill'], mistakes),
        blocks: readCount('repeat', values.repeat, usual, { low: 1, high: 100 }, mistakes),
        seed: readCount('seed', values.seed, 1, { low: 0, high: 999_999_999 }, mistakes),
      },
    };
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return { mistakes, arguments: undefined };
  }
}
