import { parseArgs } from 'node:util';

/** The parts that `npm run bench -- loadtests` can measure. */
export const partNames = ['revocation', 'chat'] as const;

export type PartName = (typeof partNames)[number];

export interface BenchArguments {
  readonly only: readonly PartName[];
  readonly quick: boolean;
}

/** Throws one sentence that says which arguments are allowed. */
export function readBenchArguments(argv: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
  });
  const wanted = values.only?.split(',').map((name) => name.trim());
  const unknown = wanted?.filter((name) => !partNames.some((part) => part === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`--only "${unknown.join(',')}" is unknown; choose from ${partNames.join(', ')}`);
  }
  return { only: partNames.filter((name) => wanted?.includes(name) ?? true), quick: values.quick };
}
