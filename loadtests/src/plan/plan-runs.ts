import { ANY_SERVER } from '../disturbances/disturbance.js';
import { readDuration } from '../loads/duration.js';
import { USUAL_LOAD } from '../loads/load.js';
import { seededRandom } from '../loads/seeded-random.js';
import type { Registry } from '../registry/registry.js';
import type { Experiment, Results } from '../results/results.js';
import { OUR_ENGINE } from '../rules/engine-names.js';
import type { RunPlan } from '../runners/run-arm.js';
import type { RunnerPlan } from '../runners/runner.js';
import type { Arm } from '../systems/arm.js';
import type { PlannedDisturbance } from './planned-disturbance.js';

/** The servers of a fleet at the beginning of a run. */
const SERVERS = 3;

/** A run of k6 on the system, or a run of a runner. */
export type PlannedRun = RunPlan | RunnerPlan;

/**
 * Every run of the experiments, block after block: each block has every arm of every experiment once, in an order drawn by
 * the seed; an experiment with fewer blocks than the set is left out of the last ones. Disturbances of servers come before those
 * of Redis or the gateway, which all fleets of a block share. Throws when an experiment names a part that the registry does not have.
 */
export function planRuns(
  experiments: readonly Experiment[],
  { blocks, seed, only }: Pick<Results, 'blocks' | 'seed' | 'only'>,
  registry: Registry,
): PlannedRun[] {
  return Array.from({ length: blocks }, (_, n) => n + 1).flatMap((block) =>
    [...experiments].sort(byReach(registry)).flatMap((experiment) => {
      if (block > (experiment.blocks ?? blocks)) return [];
      const disturb = wantedDisturbances(experiment, only);
      if (disturb === undefined) return [];
      const arms = shuffled(experiment.arms, seededRandom(seed * 31 + block)).map((name) => readArm(name, experiment));
      return arms
        .filter((arm) => isWantedArm(arm, experiment, only))
        .map((arm) => planRun({ ...experiment, disturb }, arm, block, seed, registry));
    }),
  );
}

/** Puts calm experiments first, then those that disturb servers, then those that disturb parts all fleets share. */
function byReach({ disturbances }: Registry): (a: Experiment, b: Experiment) => number {
  const reach = ({ disturb }: Experiment): number => {
    const needs = disturb.flatMap((entry) => Object.keys(entry).flatMap((id) => disturbances.get(id)?.needs ?? []));
    if (needs.length === 0) return 0;
    return needs.every((part) => part === 'servers') ? 1 : 2;
  };
  return (a, b) => reach(a) - reach(b);
}

/** The requested disturbances of an experiment, none for a calm run; undefined when it should not run at all. */
export function wantedDisturbances(
  { disturb, runner }: Experiment,
  { faults }: Results['only'],
): Experiment['disturb'] | undefined {
  if (faults === null || runner !== undefined) return disturb;
  const wanted = disturb.filter((entry) => faults.some((fault) => fault in entry));
  return wanted.length > 0 || faults.includes('none') ? wanted : undefined;
}

/** Whether an arm of the experiment is among those requested. An arm of a runner may have a scenario's name and stand for it. */
export function isWantedArm(arm: Arm, { runner }: Pick<Experiment, 'runner'>, only: Results['only']): boolean {
  const isNamed = only.scenarios?.some((name) => name === arm.scenario || name === arm.name) ?? true;
  return isNamed && (runner === undefined || isWantedOfRunner(arm, only));
}

/** A runner causes its own disturbance, which is an option of each arm; an arm without that option is calm. */
function isWantedOfRunner({ options }: Arm, { faults }: Results['only']): boolean {
  return faults === null || faults.includes(String(options.fault ?? 'none'));
}

/** The key of a run: the same in a file of results and in a plan. */
export function runKey({ experiment, arm, block }: { experiment: string; arm: string | Arm; block: number }): string {
  return `${experiment}/${block}/${typeof arm === 'string' ? arm : arm.name}`;
}

/** `round-robin-cached@twin` is a second start of the scenario `round-robin-cached`. */
export function readArm(name: string, { variants = {} }: Pick<Experiment, 'variants'> = {}): Arm {
  const [scenario = name] = name.split('@');
  return {
    name,
    engine: variants[name]?.engine ?? OUR_ENGINE,
    scenario: variants[name]?.scenario ?? scenario,
    options: variants[name]?.options ?? {},
  };
}

function planRun(experiment: Experiment, arm: Arm, block: number, seed: number, registry: Registry): PlannedRun {
  if (experiment.runner !== undefined) {
    const runner = registry.runners.get(experiment.runner);
    if (runner === undefined) throw new Error(`${experiment.name}: there is no runner "${experiment.runner}"`);
    return { experiment: experiment.name, arm, block, runner };
  }
  const journey = registry.journeys.get(experiment.journey);
  if (journey === undefined) throw new Error(`${experiment.name}: there is no journey "${experiment.journey}"`);
  const { kind = USUAL_LOAD, ...settings } = experiment.load;
  const load = registry.loads.get(String(kind));
  if (load === undefined) throw new Error(`${experiment.name}: there is no load "${String(kind)}"`);
  return {
    ...{ experiment: experiment.name, arm, block, seed, journey },
    load: load.draw(load.settings.parse(settings)),
    disturbances: experiment.disturb.map((entry) => planDisturbance(experiment, entry, seed + block, registry)),
  };
}

function planDisturbance(
  { name }: Experiment,
  { at, ...rest }: Readonly<Record<string, unknown>>,
  turn: number,
  registry: Registry,
): PlannedDisturbance {
  const [[id, options] = ['', undefined]] = Object.entries(rest);
  const disturbance = registry.disturbances.get(id);
  const atMs = readDuration(String(at));
  if (disturbance === undefined || atMs === undefined) throw new Error(`${name}: there is no disturbance "${id}"`);
  const target = options === ANY_SERVER ? `server-${1 + (turn % SERVERS)}` : options;
  return { atMs, disturbance, options: disturbance.options.parse(target) };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const list = [...items];
  for (let n = list.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1));
    [list[n], list[other]] = [list[other] as T, list[n] as T];
  }
  return list;
}
