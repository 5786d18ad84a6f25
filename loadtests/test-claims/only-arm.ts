import type { Experiment, Rule } from '../src/results/results.js';

/** The experiment with one arm and this rule as it says it of that arm: so that a run of that arm decides it. */
export function onlyArm(experiment: Experiment, arm: string, say: string): Experiment {
  const rule = experiment.rules.find((one) => one.say === say);
  if (rule === undefined) throw new Error(`${experiment.name} does not say "${say}"`);
  return { ...experiment, arms: [arm], rules: [narrowed(rule)] };

  function narrowed({ counted, each, ...rest }: Rule): Rule {
    // Of an estimated rule only the clauses that are about this arm alone are left.
    if (rest.estimated !== undefined)
      return {
        ...rest,
        estimated: rest.estimated
          .split('; ')
          .filter((clause) => clause.includes(arm))
          .join('; '),
      };
    const text = (counted ?? each ?? '').replace(/\(([^)]*)\)/g, (_, names: string) => `(${kept(names).join(', ')})`);
    return counted === undefined ? { ...rest, each: text } : { ...rest, counted: text };
  }

  function kept(names: string): string[] {
    return names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name === arm || !experiment.arms.includes(name));
  }
}
