import { axisX, barX, gridX, plot, ruleX, ruleY, text, tickX } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Counted } from '../results/results.js';
import { percent } from '../rules/decision.js';
import { clopperPearson } from '../statistics/clopper-pearson.js';
import { escapeHtml } from './markup.js';

const { document } = parseHTML('<!doctype html><html></html>');
const [WIDTH, ROW, TOP, BOTTOM, LEFT, RIGHT] = [880, 26, 34, 52, 410, 230];

/** Counts that are shown as shares, each with its interval, under a heading that says what was counted. */
export interface SharesPicture {
  readonly title: string;
  readonly groups: readonly {
    readonly title: string;
    readonly rows: readonly ({ readonly label: string } & Counted)[];
  }[];
}

/** The picture as a file of its own: it brings its colours for light and dark, and its background for a page that has the other ones. */
export function sharesPicture({ title, groups }: SharesPicture): string {
  const lines = groups.flatMap((group) => [{ heading: group.title }, ...group.rows]).map((line, n) => ({ ...line, n }));
  const headings = lines.filter((line) => 'heading' in line);
  const shares = lines.flatMap((line) => ('label' in line ? [{ ...line, ...shareOf(line) }] : []));
  const height = TOP + lines.length * ROW + BOTTOM;
  const drawn = plot({
    ...{ document, width: WIDTH, height, className: 'shares', style: { fontSize: '13px', fontFamily: 'inherit' } },
    ...{ marginTop: TOP, marginBottom: BOTTOM, marginLeft: LEFT, marginRight: RIGHT },
    x: { domain: [0, 100], label: null },
    y: { type: 'band', domain: lines.map(({ n }) => n), axis: null, padding: 0.3 },
    marks: [
      gridX({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      axisX({ ticks: 5, tickSize: 0, tickFormat: (value: number) => `${value} %` }),
      barX(shares, { x: 'share', y: 'n', fill: 'var(--bad)', fillOpacity: 0.75 }),
      ruleX([0], { stroke: 'var(--line-strong)' }),
      ruleY(shares, { y: 'n', x1: 'low', x2: 'high', stroke: 'var(--ink)', strokeWidth: 1.5 }),
      tickX(shares, { x: 'low', y: 'n', inset: 4, stroke: 'var(--ink)' }),
      tickX(shares, { x: 'high', y: 'n', inset: 4, stroke: 'var(--ink)' }),
      text(shares, { x: 0, y: 'n', text: 'label', dx: -8, textAnchor: 'end' }),
      text(shares, { x: 100, y: 'n', text: 'figure', dx: 10, textAnchor: 'start' }),
      text(headings, { x: 0, y: 'n', text: 'heading', dx: 16 - LEFT, textAnchor: 'start', fontWeight: 600 }),
    ],
  });
  const shapes = drawn.innerHTML
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replaceAll(/ aria-(?:label|hidden)="[^"]*"/g, '')
    // The last digits of a place differ between versions of Node, and a picture that has not changed must not.
    .replaceAll(/\d+\.\d{3,}/g, (digits: string) => String(Math.round(Number(digits) * 100) / 100));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="t d">
<title id="t">${escapeHtml(title)}</title>
<desc id="d">${escapeHtml(describe(groups))}</desc>
<style>${STYLE}</style>
<rect class="page" width="${WIDTH}" height="${height}" rx="8"/>
<text class="title" x="16" y="26">${escapeHtml(title)}</text>
<g text-anchor="middle">${shapes}</g>
<text class="note" x="16" y="${height - 14}">bars: what was counted; lines: its 95 % interval (Clopper–Pearson)</text>
</svg>
`;
}

/** The figures of the picture in words, for those who do not see it. */
export function describe(groups: SharesPicture['groups']): string {
  return groups
    .map(({ title, rows }) => `${title}: ${rows.map(({ label, hit, of }) => `${label} ${hit} of ${of}`).join('; ')}`)
    .join('. ');
}

function shareOf({ hit, of }: Counted) {
  const { low, high } = clopperPearson(hit, of);
  const figure = `${hit} of ${of} (${percent(low)} to ${percent(high)})`;
  return { share: of === 0 ? 0 : (100 * hit) / of, low: 100 * low, high: 100 * high, figure };
}

const STYLE = `
svg { --page: #fbfaf8; --ink: #1f2428; --muted: #5a626a; --line: #e6e3dd; --line-strong: #b9b4aa; --bad: #b3261e;
  font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; color: var(--ink); }
@media (prefers-color-scheme: dark) { svg { --page: #15181b; --ink: #e8e6e1; --muted: #a7afb6; --line: #31373d; --line-strong: #59616a; --bad: #ff9d94; } }
text { fill: var(--ink); } .page { fill: var(--page); } .title { font-size: 16px; font-weight: 600; } .note { font-size: 12px; fill: var(--muted); }
`;
