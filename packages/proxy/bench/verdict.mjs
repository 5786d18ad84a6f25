/** What was wanted and what was seen. `holds`: true, false, or null when this run cannot tell (and `measured` says why). */
export function verdict(goal, holds, measured) {
  return { goal, holds, measured };
}

/** Prints verdicts, one a line. */
export function printVerdicts(verdicts) {
  for (const { goal, holds, measured } of verdicts) {
    const word = holds === null ? 'cannot tell' : holds ? 'holds' : 'DOES NOT HOLD';
    console.log(`  ${word.padEnd(14)} ${goal}: ${measured}`);
  }
}

/** Prints rows of equal keys as a table: text to the left, numbers to the right. */
export function printTable(title, rows) {
  const columns = Object.keys(rows[0] ?? {});
  const text = rows.map((row) => columns.map((column) => show(row[column])));
  const widths = columns.map((column, i) => Math.max(column.length, ...text.map((cells) => cells[i].length)));
  const numeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (cells) =>
    cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  console.log(`\n${title}`);
  console.log(`  ${line(columns)}`);
  for (const cells of text) console.log(`  ${line(cells)}`);
}

function show(value) {
  if (value === null || value === undefined) return '—';
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

/** The middle one; 0 of none. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
