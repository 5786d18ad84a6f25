import { type Engine, examplePools, type System as SystemFile } from '@holdfast/infra';
import { asWritten } from '../disturbances/disturbance.js';
import type { Registry } from '../registry/registry.js';
import type { Experiment } from '../results/results.js';

/** Every part of the lab by id, one a line: `npm run lab -- list`. */
export function listParts(
  registry: Registry,
  experiments: readonly Experiment[],
  { scenarios }: Pick<SystemFile, 'scenarios'>,
): string {
  const section = (title: string, parts: readonly (readonly [string, string])[]): string => {
    const width = Math.max(...parts.map(([id]) => id.length));
    return [`${title} (${parts.length})`, ...parts.map(([id, text]) => `  ${id.padEnd(width)}  ${text}`)].join('\n');
  };
  const titles = (parts: ReadonlyMap<string, { readonly title: string }>): (readonly [string, string])[] =>
    [...parts].map(([id, { title }]) => [id, title]);
  return [
    section(
      'experiments',
      experiments.map(({ name, question, claim, set = 'deep' }) => [
        name,
        `${question}  [${claim === null ? set : `claim ${claim}, ${set}`}]`,
      ]),
    ),
    // An arm is a scenario, or what a runner makes of its options in the experiment's file.
    section(
      'scenarios',
      Object.entries(scenarios).map(([id, { title = '' }]) => [id, title] as const),
    ),
    section('disturbances', titles(registry.disturbances)),
    section('journeys', titles(registry.journeys)),
    section('loads', titles(registry.loads)),
    section(
      'measures',
      [...registry.measures.values()].flatMap(({ names }) => Object.entries(names)),
    ),
    section('runners', titles(registry.runners)),
    section('engines', titles(registry.engines)),
  ].join('\n\n');
}

/** The question, the steps and the rules of an experiment: `npm run lab -- show <name>`. */
export function showExperiment(experiment: Experiment, registry: Registry): string {
  const { name, question, claim, set = 'deep', arms, journey, load, disturb, rules, runner } = experiment;
  const disturbances = disturb.map(({ at, ...rest }) => {
    const [[id, options] = ['', '']] = Object.entries(rest);
    return `  at ${at}  ${asWritten(id, options)}  (${registry.disturbances.get(id)?.title ?? 'unknown'})`;
  });
  return [
    `${name}: ${question}`,
    `claim ${claim ?? 'none'}, set ${set}`,
    `arms: ${arms.join(', ')}`,
    ...(runner === undefined ? [] : [`runner: ${runner}  (${registry.runners.get(runner)?.title ?? 'unknown'})`]),
    `journey: ${journey}  (${registry.journeys.get(journey)?.title ?? 'unknown'})`,
    `load: ${Object.entries(load)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ')}`,
    ...(disturbances.length > 0 ? ['disturbances:', ...disturbances] : ['disturbances: none']),
    'rules:',
    ...rules.flatMap(({ say, counted, estimated, each }) => [
      `  ${say}`,
      `    ${counted !== undefined ? `counted: ${counted}` : each !== undefined ? `each: ${each}` : `estimated: ${estimated}`}`,
    ]),
    `run it: npm run lab -- run ${name}`,
  ].join('\n');
}

/** Scenarios whose files show how an engine binds users: by address, and by a cookie. */
const EXAMPLES = ['ip-hash-local', 'sticky-cookie-local'];

/** The abilities of an engine by settings alone, and its file for two scenarios: `npm run lab -- show nginx`. */
export function showEngine({ id, title, explains, levers, lacks, program }: Engine, system: SystemFile): string {
  const shown = EXAMPLES.filter((scenario) => !lacks?.includes(system.scenarios[scenario]?.policy ?? 'round-robin'));
  const pools = shown.flatMap((scenario) => examplePools(system, scenario));
  return [
    `${id}: ${title}`,
    ...explains.map((sentence) => `  ${sentence}`),
    `the lab can ask it while it runs: ${levers.join(', ') || 'nothing; disturbances that need it are not planned'}`,
    ...(program === undefined
      ? []
      : [
          `its file for ${shown.join(' and ')} (${program.file}):`,
          '',
          program.render(pools, {
            port: 8080,
            adminPort: 9080,
            dir: `/run/${id}`,
            secret: 'drawn anew for every start',
          }),
        ]),
    `run it: npm run lab -- run crash --engine ${id}`,
  ].join('\n');
}
