import type { Counted, Experiment, Rule, Run } from '../results/results.js';
import { quietRun } from '../statistics/synthetic-runs.fixture.js';
import { readCountedRule, readEstimatedRule } from './read-rule.js';
import type { CountedClause, EstimatedClause, Expectation } from './rule.js';

/** Enough that the interval of a count is narrower than any margin of a rule. */
const OF = 100_000;
const USUAL_FIGURE = 100;
const BLOCKS = 3;

type Clause = CountedClause | EstimatedClause;

/** A world in which the rule holds, and for each of its clauses one in which that clause alone is otherwise. */
export interface WorldsOfRule {
  readonly asSaid: Run[];
  readonly otherwise: { readonly clause: string; readonly runs: Run[] }[];
}

/** Runs of an experiment that has this rule alone, with as many blocks as its file says. */
export function worldsOfRule(experiment: Experiment, rule: Rule): WorldsOfRule {
  const counted = [rule.counted, rule.each].flatMap((text) =>
    text === undefined ? [] : readCountedRule(text, experiment.arms).clauses,
  );
  const estimated = rule.estimated === undefined ? [] : readEstimatedRule(rule.estimated, experiment.arms).clauses;
  const clauses: readonly Clause[] = [...counted, ...estimated];
  return {
    asSaid: runsOfWorld(experiment, clauses, undefined),
    otherwise: clauses.map((clause) => ({ clause: clause.text, runs: runsOfWorld(experiment, clauses, clause) })),
  };
}

function runsOfWorld(experiment: Experiment, clauses: readonly Clause[], planted: Clause | undefined): Run[] {
  const { arms, disturb, runner, blocks = BLOCKS } = experiment;
  const phases = disturb.length > 0 && runner === undefined ? (['before', 'after'] as const) : (['whole'] as const);
  return Array.from({ length: blocks }, (_, n) => n + 1).flatMap((block) =>
    arms.flatMap((arm, index) =>
      phases.map((phase) => {
        const mine = clauses.filter((clause) => phase === 'whole' || (clause.phase ?? 'after') === phase);
        // Every speed is the same but for a little noise that three blocks cancel, so that a twin is one.
        const noise = 1 + (((block + index) % BLOCKS) - 1) / 1000;
        const figures = mine.flatMap((clause) => ('arms' in clause ? [] : [[clause.measure, USUAL_FIGURE] as const]));
        const run = quietRun(experiment, arm, block, { phase, fault: phase === 'before' ? 'none' : 'kill' });
        const all = new Map<string, number>(figures);
        for (const clause of mine) {
          const isPlanted = clause === planted;
          if ('arms' in clause) {
            if (clause.arms.includes(arm)) setCount(run, clause.measure, countOf(clause.expected, isPlanted));
          } else if (speaksOf(clause, arm)) all.set(clause.measure, figureOf(clause, isPlanted));
        }
        for (const [measure, value] of all) setFigure(run, measure, value * noise);
        return run;
      }),
    ),
  );
}

/** The arm, or its second start, is the one whose figure the clause is about. */
function speaksOf(clause: EstimatedClause, arm: string): boolean {
  const about = clause.kind === 'ratio' ? clause.a : clause.arm;
  return arm === about || arm === `${about}@twin`;
}

function countOf(expected: Expectation, isPlanted: boolean): Counted {
  switch (expected.kind) {
    case 'all':
      return { hit: isPlanted ? OF - 1 : OF, of: OF };
    case 'count':
      return { hit: expected.count + (isPlanted ? 1 : 0), of: OF };
    case 'limit': {
      const isLeast = expected.high === Number.MAX_VALUE;
      const beyond = isLeast ? expected.low - 1 : expected.high + 1;
      return { hit: isPlanted ? beyond : isLeast ? expected.low : 0, of: Math.max(OF, expected.low) };
    }
    case 'between': {
      const beyond = expected.high < 1 ? OF : 0;
      return { hit: isPlanted ? beyond : Math.round((OF * (expected.low + expected.high)) / 2), of: OF };
    }
  }
}

function figureOf({ kind, low, high }: EstimatedClause, isPlanted: boolean): number {
  const isOpen = high === Number.MAX_VALUE;
  const within = isOpen ? low * 2 : low === 0 ? high / 2 : Math.sqrt(low * high);
  const value = isPlanted ? (isOpen ? low / 2 : high * 2) : within;
  return kind === 'ratio' ? value * USUAL_FIGURE : value;
}

function setCount(run: Run, measure: string, count: Counted): void {
  run.counted[measure] = count;
  if (measure === 'loggedOut' || measure === 'todosLost') run[measure] = count.hit;
}

function setFigure(run: Run, measure: string, value: number): void {
  run.estimated[measure] = value;
  if (measure === 'p50Ms' || measure === 'p95Ms' || measure === 'p99Ms' || measure === 'requestsPerSecond')
    run[measure] = value;
}
