import type { Experiment, Rule, Run, Verdict } from '../results/results.js';
import { againCommand } from './again-command.js';
import { type Decision, decision } from './decision.js';
import { judgeCounted } from './judge-counted.js';
import { EstimatedJudge } from './judge-estimated.js';
import { readCountedRule, readEstimatedRule } from './read-rule.js';
import type { RuleMistake } from './rule.js';

const ERROR_OF_THE_SET = 0.05;

/**
 * Compares every rule with the runs. Three answers: it holds, it does not, or it cannot be told, which names the cause and the
 * command that would decide it. Invalid runs decide nothing. All estimated rules together have an error of 5 %.
 */
export function judge(experiments: readonly Experiment[], runs: readonly Run[]): Verdict[] {
  const estimatedClauses = experiments.flatMap((experiment) => readEstimated(experiment));
  const level = 1 - ERROR_OF_THE_SET / Math.max(1, estimatedClauses.length);
  return experiments.flatMap((experiment) => {
    const estimated = new EstimatedJudge(experiment, runs, level, readEstimated(experiment));
    return experiment.rules.map((rule) => judgeRule(rule, experiment, runs, estimated));
  });
}

function judgeRule(rule: Rule, experiment: Experiment, runs: readonly Run[], estimated: EstimatedJudge): Verdict {
  const decisions: Decision[] = [];
  const texts: string[] = [];
  const collect = <C>(
    kind: 'counted' | 'each' | 'estimated',
    { clauses, mistakes }: { clauses: readonly C[]; mistakes: readonly RuleMistake[] },
    judgeClause: (clause: C) => Decision,
  ) => {
    texts.push(`${kind}: ${rule[kind]}`);
    // An unknown arm is one that was left out of this comparison, and counts as not measured.
    const unreadable = mistakes.filter(({ unknownArm }) => unknownArm === undefined);
    if (unreadable.length > 0)
      decisions.push(decision(null, `the rule cannot be read: ${unreadable.map(({ message }) => message).join('; ')}`));
    else decisions.push(...clauses.map(judgeClause));
  };
  for (const kind of ['counted', 'each'] as const) {
    const text = rule[kind];
    if (text === undefined) continue;
    collect(kind, readCountedRule(text, experiment.arms), (clause) =>
      judgeCounted(clause, experiment, runs, { each: kind === 'each', atMost: rule.atMost }),
    );
  }
  if (rule.estimated !== undefined)
    collect('estimated', readEstimatedRule(rule.estimated, experiment.arms), (clause) => estimated.judge(clause));

  const { holds, because, deciding } = together(decisions, experiment);
  return {
    claim: rule.say,
    claimNumber: rule.claim ?? experiment.claim,
    experiment: experiment.name,
    ...(rule.engine !== undefined && { engine: rule.engine }),
    rule: texts.join('; '),
    holds,
    because,
    interval: deciding?.interval ?? null,
    noiseFloor: deciding?.noiseFloor ?? null,
  };
}

/** One clause that does not hold refutes the rule; it holds when all clauses do. */
function together(decisions: readonly Decision[], experiment: Experiment) {
  const refuting = decisions.filter(({ holds }) => holds === false);
  const untold = decisions.filter(({ holds }) => holds === null);
  const [deciding] = [...refuting, ...untold, ...decisions];
  const sentences = (some: readonly Decision[]) => [...new Set(some.map(({ because }) => because))].join('; ');
  if (refuting.length > 0) return { holds: false, because: sentences(refuting), deciding };
  if (untold.length === 0 && deciding !== undefined) return { holds: true, because: sentences(decisions), deciding };
  const blocks = Math.max(1, ...untold.map((each) => each.blocks));
  const command = `decide it with: ${againCommand(experiment, blocks)}`;
  const because = untold.length > 0 ? sentences(untold) : 'the rule says nothing that can be counted';
  return { holds: null, because: `${because}; ${command}`, deciding };
}

function readEstimated(experiment: Experiment) {
  return experiment.rules.flatMap(({ estimated }) =>
    estimated === undefined ? [] : readEstimatedRule(estimated, experiment.arms).clauses,
  );
}
