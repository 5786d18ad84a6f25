import { parseArgs } from 'node:util';
import { type Fault, faults } from '../scenarios/fault.js';
import { type Scenario, scenarios } from '../scenarios/scenario.js';

export interface Arguments {
  readonly quick: boolean;
  readonly help: boolean;
  readonly scenarios: readonly Scenario[];
  readonly faults: readonly Fault[];
  readonly repeat: number;
  readonly seed: number;
}

export const usage = `npm run compare                       every scenario, with and without each fault
npm run compare -- --quick            the same with fewer users, within four minutes
npm run compare -- --scenario a,b     only these: ${scenarios.map(({ name }) => name).join(', ')}
npm run compare -- --fault x,y        only these: ${faults.map(({ name }) => name).join(', ')}
npm run compare -- --repeat n         each run n times (1)
npm run compare -- --seed n           client addresses, and with them the shares of IP hash (1)`;

/** Reads the command line; `mistakes` lists every one with what is allowed. */
export function readArguments(argv: readonly string[]): { mistakes: string[]; arguments: Arguments } {
  const mistakes: string[] = [];
  const values = parse(argv, mistakes);
  const choose = <T>(
    flag: string,
    text: string | undefined,
    all: readonly T[],
    nameOf: (item: T) => string,
  ): readonly T[] => {
    if (text === undefined) return all;
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.filter((name) => !all.some((item) => nameOf(item) === name));
    for (const name of unknown)
      mistakes.push(`--${flag} "${name}" is unknown; choose from ${all.map(nameOf).join(', ')}`);
    return all.filter((item) => names.includes(nameOf(item)));
  };
  const count = (flag: string, text: string | undefined, low: number, high: number): number => {
    if (text === undefined) return 1;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= low && value <= high))
      mistakes.push(`--${flag} "${text}" must be a whole number from ${low} to ${high}`);
    return value;
  };
  return {
    mistakes,
    arguments: {
      quick: values.quick === true,
      help: values.help === true,
      scenarios: choose('scenario', values.scenario, scenarios, ({ name }) => name),
      faults: choose('fault', values.fault, faults, ({ name }) => name),
      repeat: count('repeat', values.repeat, 1, 100),
      seed: count('seed', values.seed, 0, 999_999_999),
    },
  };
}

function parse(argv: readonly string[], mistakes: string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        quick: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        scenario: { type: 'string' },
        fault: { type: 'string' },
        repeat: { type: 'string' },
        seed: { type: 'string' },
      },
    }).values;
  } catch (error) {
    mistakes.push(error instanceof Error ? error.message : String(error));
    return {};
  }
}
