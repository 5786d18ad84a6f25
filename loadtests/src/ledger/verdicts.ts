import { scenarios } from '../scenarios/scenario.js';
import type { Run, Verdict } from './results.js';

const memory = scenarios.filter(({ state }) => state === 'server memory').map(({ name }) => name);
const sticky = memory.filter((name) => name !== 'round-robin-local');
const redis = scenarios.filter(({ state }) => state === 'Redis').map(({ name }) => name);

/** The question's answers, each held against what was measured. */
export function judge(runs: readonly Run[]): Verdict[] {
  const of = (names: readonly string[], fault?: string): Run[] =>
    runs.filter((run) => names.includes(run.scenario) && (fault === undefined || run.fault === fault));
  return [
    verdict(
      'Round robin over server memory logs everyone out and hides their todos.',
      of(['round-robin-local'], 'none'),
      (run) => run.loggedOut === run.users && run.todosLost > 0,
    ),
    verdict('Sticky routing keeps every login and todo while all servers live.', of(sticky, 'none'), losesNothing),
    verdict(
      'When a server dies, sticky routing loses the logins and todos of its users.',
      of(sticky, 'F1'),
      (run) => run.loggedOut > 0 && run.loggedOut < run.users && run.todosLost > 0,
    ),
    verdict(
      'A session store shared through Redis loses no login and no todo, whether or not a server dies.',
      of(redis),
      losesNothing,
    ),
    verdict(
      'On a shared store sticky routing is an optimisation that loses nothing when a server dies.',
      of(['sticky-cookie-cached'], 'F1'),
      losesNothing,
    ),
  ];
}

/** From the scenario that loses least to the one that loses most, by valid runs; equals keep the order of the question. */
export function rank(runs: readonly Run[]): string[] {
  const valid = runs.filter((run) => run.valid);
  const lossOf = (name: string): number =>
    valid.filter((run) => run.scenario === name).reduce((sum, run) => sum + run.loggedOut + run.todosLost, 0);
  return scenarios
    .map(({ name }) => name)
    .filter((name) => valid.some((run) => run.scenario === name))
    .sort((a, b) => lossOf(a) - lossOf(b));
}

function losesNothing(run: Run): boolean {
  return run.loggedOut === 0 && run.todosLost === 0;
}

function verdict(claim: string, runs: readonly Run[], holdsFor: (run: Run) => boolean): Verdict {
  if (runs.length === 0) return { claim, holds: null, because: 'not measured in this comparison' };
  const valid = runs.filter((run) => run.valid);
  // One counterexample refutes. To hold, every run has to be evidence: an outage in which nothing was promised loses nothing.
  if (!valid.every(holdsFor)) return { claim, holds: false, because: explain(valid) };
  const doubts = runs.filter((run) => !run.valid).map((run) => `${title(run)}: ${run.invalidBecause}`);
  if (doubts.length > 0) return { claim, holds: null, because: `${doubts.join('; ')}; run it again` };
  return { claim, holds: true, because: explain(runs) };
}

/** What was lost, and behind it the runs that lost just that. */
function explain(runs: readonly Run[]): string {
  const runsByLoss = new Map<string, Set<string>>();
  for (const run of runs) {
    const loss = `${run.loggedOut} of ${run.users} users logged out, ${run.todosLost} of ${run.todosAcknowledged} todos lost`;
    runsByLoss.set(loss, (runsByLoss.get(loss) ?? new Set()).add(title(run)));
  }
  return [...runsByLoss].map(([loss, titles]) => `${loss}: ${[...titles].join(', ')}`).join('; ');
}

function title(run: Run): string {
  return run.fault === 'none' ? run.scenario : `${run.scenario} under ${run.fault}`;
}
