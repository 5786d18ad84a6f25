import type { System } from '@holdfast/infra';
import type { Experiment, Results } from '../results/results.js';
import { COLUMNS, classicRows } from './classic-table.js';
import type { DrawnPicture } from './pictures.js';
import { crashOf, pooled } from './runs-of-experiment.js';

/** The tables and pictures of README.md by the name of their place: `<!-- scenarios -->` … `<!-- /scenarios -->`. */
export function readmeTables(
  results: Pick<Results, 'experiments' | 'runs'>,
  scenarios: System['scenarios'],
  pictures: readonly DrawnPicture[] = [],
): Readonly<Record<string, string>> {
  return {
    scenarios: scenariosTable(results, scenarios),
    pictures: pictures.map(({ file, alt }) => `![${alt}](docs/images/${file})`).join('\n\n'),
    classic: classicMarkdown(results),
  };
}

/** Puts each table in its place. Throws when a place is missing. */
export function fillPlaces(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md has no place for the table "${name}": add ${begin}${end}`);
    return `${text.slice(0, from + begin.length)}${table}\n${text.slice(to)}`;
  }, page);
}

/** The scenarios of the experiment that kills a server, with the losses before the kill and after it. */
function scenariosTable(results: Pick<Results, 'experiments' | 'runs'>, scenarios: System['scenarios']) {
  const { runs } = results;
  const crash = crashOf(results);
  const told = (experiment: Experiment, arm: string, measure: string, phase: 'before' | 'after'): string => {
    const count = pooled(experiment, runs, arm, measure, phase);
    return count === undefined || count.of === 0 ? '–' : `${count.hit} of ${count.of}`;
  };
  const arms = crash?.arms.filter((arm) => arm in scenarios) ?? [];
  return table(
    ['scenario', 'routing, state', 'logins lost', '… a server killed', 'todos lost', '… a server killed'],
    arms.map((arm) => [
      `\`${arm}\``,
      scenarios[arm]?.title ?? '',
      ...(['loggedOut', 'todosLost'] as const).flatMap((measure) =>
        (['before', 'after'] as const).map((phase) => (crash ? told(crash, arm, measure, phase) : '–')),
      ),
    ]),
  );
}

function classicMarkdown(results: Pick<Results, 'experiments' | 'runs'>): string {
  return table(
    ['', ...COLUMNS.map(({ title }) => title)],
    classicRows(results).map(({ title, cells }) => [
      `**${title}**`,
      ...cells.map((cell) => (cell === undefined ? 'not measured' : `${cell.figure} (${cell.interval}): ${cell.word}`)),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
