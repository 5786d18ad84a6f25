import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSystem } from '@holdfast/infra';
import type { Experiment } from '../results/results.js';
import { armOptionsSchema } from '../systems/arm-options.js';
import { type Known, readExperiment, repeatedSentences } from './read-experiment.js';
import type { Registry } from './registry.js';

export const SETS = ['quick', 'standard', 'deep'] as const;
export type SetName = (typeof SETS)[number];

/** The ids that an experiment may name. */
export function knownTo(registry: Registry): Known {
  return {
    arms: Object.keys(readSystem().scenarios),
    journeys: [...registry.journeys.keys()],
    loads: registry.loads,
    leavingJourneys: [...registry.journeys.values()]
      .filter(({ comesBack, script = 'steps-journey' }) => !comesBack && script === 'steps-journey')
      .map(({ id }) => id),
    longestWaitMs: (id, options) => {
      const disturbance = registry.disturbances.get(id);
      const parsed = disturbance?.options.safeParse(options);
      return (parsed?.success && disturbance?.longestWaitMs?.(parsed.data)) || 0;
    },
    disturbances: [...registry.disturbances.keys()],
    runners: [...registry.runners.keys()],
    measures: [...registry.measures.values(), ...registry.runners.values()].flatMap(({ names }) => Object.keys(names)),
    checkOptions: (runner, options) => {
      const schema = runner === undefined ? armOptionsSchema : registry.runners.get(runner)?.options;
      return schema?.safeParse(options).error?.issues[0]?.message;
    },
    checkDisturbance: (id, options) =>
      registry.disturbances.get(id)?.options.safeParse(options).error?.issues[0]?.message,
  };
}

/** Every experiment of a folder, by name. Throws an error that lists every mistake of every file. */
export function loadExperiments(folder: string, registry: Registry): Experiment[] {
  const known = knownTo(registry);
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.endsWith('.example.yaml'));
  const read = files.sort().map((file) => readExperiment(file, readFileSync(join(folder, file), 'utf8'), known));
  const experiments = read.flatMap(({ experiment }) => (experiment === undefined ? [] : [experiment]));
  const repeated = repeatedSentences(experiments).map(
    (say) => `two experiments say "${say}"; a verdict is found by its sentence`,
  );
  const mistakes = [...read.flatMap((one) => one.mistakes), ...repeated];
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return experiments;
}

/** The same experiments without their own limits of blocks, for a number of blocks that a flag gives. */
export function withEveryBlock(experiments: readonly Experiment[]): Experiment[] {
  return experiments.map(({ blocks: _fewer, ...experiment }) => experiment);
}

/** The experiments of a set: each set contains the one before it. */
export function experimentsOf(set: SetName, experiments: readonly Experiment[]): Experiment[] {
  const included = SETS.slice(0, SETS.indexOf(set) + 1);
  return experiments.filter((experiment) => included.includes(experiment.set ?? 'deep'));
}
