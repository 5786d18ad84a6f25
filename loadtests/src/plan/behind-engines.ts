import { type Engine, type Lever, readSystem } from '@holdfast/infra';
import { asWritten } from '../disturbances/disturbance.js';
import type { Registry } from '../registry/registry.js';
import type { Experiment, Results, Rule } from '../results/results.js';
import { armBehind, OUR_ENGINE, sentenceBehind } from '../rules/engine-names.js';
import { isWantedArm, readArm, wantedDisturbances } from './plan-runs.js';

const LEVERS: Readonly<Record<Lever, string>> = {
  drain: 'to drain a server while it runs',
  scale: 'to take servers in and out while it runs',
  reroute: 'to ask a server at another address while it runs',
};
/** The characters of an arm's name in a rule. */
const NAME = /[A-Za-z_][\w.@=:+-]*/g;

type Parts = Pick<Registry, 'engines' | 'disturbances'>;

/**
 * The same experiments behind these load balancers: each arm and each rule once for each of them. Experiments and arms that an
 * engine cannot run are left out and named in `notPlanned`, if they are among those requested (`only`): what nobody asked for is
 * not missed. The experiments stay as they are when no load balancers are given.
 */
export function behindEngines(
  experiments: readonly Experiment[],
  engines: readonly string[] | undefined,
  registry: Parts,
  only: Results['only'],
): readonly Experiment[] {
  if (engines === undefined) return experiments;
  return experiments.map((one) => {
    const disturb = wantedDisturbances(one, only);
    const wanted = one.arms.filter((arm) => isWantedArm(readArm(arm, one), one, only));
    // Planned nowhere, so that no load balancer has to be able to.
    if (disturb === undefined || wanted.length === 0) return one;
    return behindEach(one, { disturb, wanted, engines }, registry);
  });
}

interface Wanted {
  readonly disturb: Experiment['disturb'];
  readonly wanted: readonly string[];
  readonly engines: readonly string[];
}

function behindEach(experiment: Experiment, { disturb, wanted, engines }: Wanted, registry: Parts): Experiment {
  const { name, arms } = experiment;
  const reasons = engines.map((engine) => [engine, whyNot({ ...experiment, disturb }, engine, registry)] as const);
  const able = reasons.flatMap(([engine, why]) => (why === undefined ? [engine] : []));
  // An arm's engines are neighbours, so that reports show their differences on neighbouring lines.
  const placed = arms.flatMap((arm) =>
    able.map((engine) => ({ arm, engine, lacks: lackedBy(registry.engines.get(engine), scenarioOf(arm, experiment)) })),
  );
  const notPlanned = [
    ...reasons.flatMap(([engine, why]) =>
      why === undefined ? [] : [`${name} is not planned behind ${engine}: ${why}.`],
    ),
    ...placed.flatMap(({ arm, engine, lacks }) =>
      lacks === undefined || !wanted.includes(arm)
        ? []
        : [`${name}: ${arm} is not planned behind ${engine}, which has no ${lacks}.`],
    ),
  ];
  const planned = placed.filter(({ lacks }) => lacks === undefined);
  const variants = planned.flatMap(({ arm, engine }) => {
    const own = experiment.variants?.[arm];
    if (engine === OUR_ENGINE) return own === undefined ? [] : [[arm, own]];
    return [[armBehind(arm, engine), { ...(own ?? { scenario: scenarioOf(arm, experiment) }), engine }]];
  });
  return {
    ...experiment,
    engines: able,
    arms: planned.map(({ arm, engine }) => armBehind(arm, engine)),
    ...(variants.length > 0 && { variants: Object.fromEntries(variants) }),
    rules: experiment.rules.flatMap((rule) => able.map((engine) => ruleBehind(rule, engine, arms))),
    ...(notPlanned.length > 0 && { notPlanned }),
  };
}

function scenarioOf(arm: string, { variants }: Experiment): string {
  return variants?.[arm]?.scenario ?? arm.split('@')[0] ?? arm;
}

/** The policy of the scenario, if the engine does not have it. */
function lackedBy(engine: Engine | undefined, scenario: string): string | undefined {
  const policy = readSystem().scenarios[scenario]?.policy;
  return policy !== undefined && engine?.lacks?.includes(policy) ? policy : undefined;
}

function whyNot({ runner, disturb }: Experiment, id: string, { engines, disturbances }: Parts): string | undefined {
  const engine = engines.get(id);
  if (engine === undefined) throw new Error(`there is no engine "${id}"`);
  if (runner !== undefined && engine.program !== undefined)
    return `its runner ${runner} has no load balancer, or brings its own`;
  for (const { at: _at, ...rest } of disturb) {
    const [[name, options] = ['', undefined]] = Object.entries(rest);
    const missing = disturbances
      .get(name)
      ?.levers?.(options)
      .find((lever) => !engine.levers.includes(lever));
    if (missing !== undefined)
      return `"${asWritten(name, options)}" needs a load balancer ${LEVERS[missing]}, and the lab has no such lever on ${id}`;
  }
  return undefined;
}

function ruleBehind(rule: Rule, engine: string, arms: readonly string[]): Rule {
  if (engine === OUR_ENGINE) return rule;
  const renamed = (['counted', 'each', 'estimated'] as const).flatMap((kind) => {
    const text = rule[kind];
    if (text === undefined) return [];
    return [[kind, text.replace(NAME, (word) => (arms.includes(word) ? armBehind(word, engine) : word))]];
  });
  return { ...rule, ...Object.fromEntries(renamed), say: sentenceBehind(rule.say, engine), engine };
}
