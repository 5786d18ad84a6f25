/** One bar of a chart: a label, a value, and what is written behind it. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly tone: 'loss' | 'good' | 'neutral';
}

const rowHeight = 26;
const labelWidth = 270;
const barWidth = 420;

/** A horizontal bar chart as inline SVG; colours come from the page's CSS. Bars are relative to `full`, or to the longest. */
export function barChart(
  title: string,
  bars: readonly Bar[],
  full = Math.max(...bars.map(({ value }) => value), 0),
): string {
  const height = bars.length * rowHeight;
  const rows = bars.map((bar, index) => {
    const y = index * rowHeight;
    const width = full === 0 ? 0 : (bar.value / full) * barWidth;
    return [
      `<text x="${labelWidth - 12}" y="${y + 17}" text-anchor="end">${escapeHtml(bar.label)}</text>`,
      `<rect class="track" x="${labelWidth}" y="${y + 5}" width="${barWidth}" height="16" rx="3"/>`,
      `<rect class="${bar.tone}" x="${labelWidth}" y="${y + 5}" width="${width.toFixed(1)}" height="16" rx="3"/>`,
      `<text x="${labelWidth + barWidth + 10}" y="${y + 17}">${escapeHtml(bar.text)}</text>`,
    ].join('');
  });
  return (
    `<figure><figcaption>${escapeHtml(title)}</figcaption>` +
    `<svg viewBox="0 0 ${labelWidth + barWidth + 150} ${height}" role="img" aria-label="${escapeHtml(title)}">${rows.join('')}</svg></figure>`
  );
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
