import type { Experiment, Results, Run, Verdict } from '../results/results.js';
import { againCommand } from '../rules/again-command.js';
import { compareResults } from '../rules/compare-results.js';
import { figure } from '../rules/decision.js';
import { countedIn } from '../rules/values-of-run.js';
import { conclusionLines, conclusionsOf } from './conclusion.js';
import { engineDifferences } from './engine-differences.js';
import { memoryLines } from './memory-lines.js';
import { runsMade } from './runs-of-experiment.js';
import { secondSourceLines } from './second-sources.js';
import { armTitle, measureTitle, phaseTitle, verdictWord } from './words.js';

const columns = (lost: string): string[] => ['arm', 'when', 'runs', 'logged out', lost, 'failed', 'p50 ms', 'p99 ms'];

/** A comparison as Markdown, for pull requests and terminals. With `against`, it begins with the changes since that comparison. */
export function markdownReport(results: Results, { against }: { against?: Results | undefined } = {}): string {
  const { experiments, verdicts, finished, plannedRuns, command, seed, machine } = results;
  return [
    ...(finished ? [] : [`**Interrupted**: ${runsMade(results)} of ${plannedRuns} runs were made.`, '']),
    ...(against === undefined ? [] : changesSince(results, against)),
    ...verdicts.map((verdict) => `- **${wordFor(verdict)}** ${inline(verdict.claim)} (${inline(verdict.because)})`),
    ...behindEngines(results),
    ...whatFollows(verdicts),
    ...experiments.flatMap((experiment) => sectionOf(experiment, results)),
    '',
    `Made by \`${code(command)}\`, seed ${seed}, ${machine.cores} cores, Node ${inline(machine.node)}, k6 ${inline(machine.k6)}, Redis ${inline(machine.redis)}.`,
  ].join('\n');
}

/** Regressions first, before the heading of the verdicts. */
function changesSince(results: Results, against: Results): string[] {
  const { isRegression, changes } = compareResults(results, against);
  const nothing = changes.length === 0 ? ' Nothing changed beyond what the two could have overlooked.' : '';
  const list = changes.map(
    (change) => `- **${change.isRegression ? 'Regression' : 'Changed'}:** ${inline(change.sentence)}`,
  );
  return [
    ...[`### Against the comparison of ${against.startedAt.slice(0, 10)}`, ''],
    `${isRegression ? 'There is a regression.' : 'There is no regression.'}${nothing}`,
    ...['', ...list, ...(list.length > 0 ? [''] : []), '### Verdicts', ''],
  ];
}

function behindEngines({ experiments, verdicts }: Results): string[] {
  const sentences = engineDifferences(experiments, verdicts);
  return sentences.length === 0 ? [] : ['', '### Load balancers', '', ...sentences.map((line) => `- ${inline(line)}`)];
}

function whatFollows(verdicts: readonly Verdict[]): string[] {
  const conclusions = conclusionsOf(verdicts);
  return conclusions.length === 0 ? [] : ['', '### What follows', '', ...conclusionLines(conclusions)];
}

export function wordFor(verdict: Pick<Verdict, 'holds'>): string {
  return `${verdictWord(verdict)}:`;
}

function sectionOf(experiment: Experiment, { runs, seed, blocks }: Results): string[] {
  const { name, question, arms } = experiment;
  const mine = runs.filter((run) => run.experiment === name);
  const valid = mine.filter((run) => run.valid);
  const invalid = mine.filter((run) => !run.valid);
  const isRun = experiment.runner === undefined;
  const rows = arms.flatMap((arm) =>
    isRun
      ? (['whole', 'before', 'after'] as const).flatMap((phase) =>
          rowOf(valid.filter((run) => run.arm === arm && run.phase === phase)),
        )
      : rowsOfRunner(
          experiment,
          valid.filter((run) => run.arm === arm),
        ),
  );
  const lost = mine.some(({ variant }) => variant !== undefined) ? 'writes lost' : 'todos lost';
  const head = isRun ? columns(lost) : ['arm', 'runs', 'measured', 'value'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    ...['', `### ${inline(name)}: ${inline(question)}`, ''],
    ...(rows.length > 0
      ? table
      : [mine.length === 0 ? 'No run was made.' : 'No run was valid, so nothing is decided.']),
    ...[secondSourceLines(valid), memoryLines(valid)].flat().flatMap((line) => ['', inline(line)]),
    ...(invalid.length > 0 ? ['', 'Runs that decide nothing:', ''] : []),
    ...invalid.map(
      (run) =>
        `- ${inline(armTitle(run.arm))}, block ${run.block}, ${inline(phaseTitle(run))}: ${inline(run.invalidBecause ?? 'no reason given')}`,
    ),
    ...['', `Run it again: \`${code(againCommand(experiment, blocks))} --seed ${seed}\``],
  ];
}

/** The valid runs of an arm and a phase in one row: sums of counts, the range of percentiles. */
function rowOf(runs: readonly Run[]): string[][] {
  const [first] = runs;
  if (first === undefined) return [];
  const sum = (value: (run: Run) => number) => runs.reduce((total, run) => total + value(run), 0);
  const counted = (measure: string) =>
    `${sum((run) => countedIn(run, measure)?.hit ?? 0)} of ${sum((run) => countedIn(run, measure)?.of ?? 0)}`;
  return [
    [
      inline(armTitle(first.arm)),
      inline(phaseTitle(first)),
      `${runs.length}`,
      counted('loggedOut'),
      counted(first.variant === undefined ? 'todosLost' : 'writesLost'),
      `${sum(({ failedRequests }) => failedRequests)} of ${sum(({ requests }) => requests)}`,
      range(runs.map(({ p50Ms }) => p50Ms)),
      range(runs.map(({ p99Ms }) => p99Ms)),
    ],
  ];
}

/** The values of a runner that the rules ask for. Counts are summed; figures are one range. */
function rowsOfRunner({ rules }: Experiment, runs: readonly Run[]): string[][] {
  const asked = rules.map(({ counted, each, estimated }) => counted ?? each ?? estimated ?? '').join(' ');
  const isAsked = (measure: string): boolean => asked.includes(measure.split('.')[0] ?? measure);
  const [first] = runs;
  if (first === undefined) return [];
  const row = (measure: string, value: string): string[] => [
    ...[inline(armTitle(first.arm)), `${runs.length}`, inline(measureTitle(measure)), value],
  ];
  const sum = (measure: string, part: 'hit' | 'of'): number =>
    runs.reduce((total, { counted }) => total + (counted[measure]?.[part] ?? 0), 0);
  return [
    ...Object.keys(first.counted)
      .filter(isAsked)
      .map((measure) => row(measure, `${sum(measure, 'hit')} of ${sum(measure, 'of')}`)),
    ...Object.keys(first.estimated)
      .filter((measure) => isAsked(measure) && first.counted[measure] === undefined)
      .map((measure) => row(measure, range(runs.flatMap(({ estimated }) => estimated[measure] ?? [])))),
  ];
}

function range(values: readonly number[]): string {
  const [low, high] = [figure(Math.min(...values)), figure(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** Text from results on one line, without a table's bars, HTML and mentions of people. */
function inline(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('|', '\\|')
    .replace(/(?<!\w)@(?=\w)/g, '@\u200b')
    .replace(/\s+/g, ' ');
}

/** Text inside backquotes. */
function code(text: string): string {
  return text.replaceAll('`', "'").replace(/\s+/g, ' ');
}
