import type { Results, Verdict } from '../ledger/results.js';
import { rank } from '../ledger/verdicts.js';
import { columns, tableRows } from './table.js';

/** `report.md`: the verdict, the table, and how it was measured. */
export function markdownReport(results: Results): string {
  const { machine } = results;
  return [
    '# Where should session state live?',
    '',
    ...results.verdicts.map((verdict) => `- **${word(verdict)}** ${verdict.claim} (${verdict.because})`),
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...tableRows(results.runs).map(row),
    '',
    `From what loses least to what loses most: ${rank(results.runs).join(', ')}.`,
    '',
    `Measured ${results.startedAt} with seed ${results.seed} by k6 ${machine.k6} on ${machine.cores} cores and ` +
      `${Math.round(machine.memoryBytes / 2 ** 30)} GiB, Node ${machine.node}, Redis ${machine.redis}. Times leave out the requests ` +
      'that hash a password. All processes share one machine: compare the rows with each other.',
    '',
  ].join('\n');
}

/** How a verdict is said in one word. */
export function word({ holds }: Verdict): string {
  if (holds === null) return 'cannot be told:';
  return holds ? 'holds:' : 'refuted:';
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
