/** The report's style: one quiet palette in a light and a dark version, figures in columns, and paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #fbfaf8; --card: #fff; --ink: #1f2428; --muted: #5a626a; --line: #e6e3dd; --line-strong: #b9b4aa;
  --link: #0b5f7c; --good: #17663c; --bad: #b3261e; --unknown: #7a5600; --bad-wash: #fdf0ee; --ink-chart: #35708a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #15181b; --card: #1c2024; --ink: #e8e6e1; --muted: #a7afb6; --line: #31373d; --line-strong: #59616a;
  --link: #82c7de; --good: #7fd0a1; --bad: #ff9d94; --unknown: #e4c26a; --bad-wash: #2c1d1c; --ink-chart: #77b8d0; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: break-word; }
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 48px; }
footer { padding-bottom: 64px; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; margin: 0 0 8px; text-wrap: balance; }
h2 { font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; margin: 56px 0 12px; }
h3 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 4px; text-wrap: balance; }
h4 { font-size: 1rem; margin: 28px 0 8px; }
p { margin: 0 0 12px; max-width: 74ch; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: .86em ui-monospace, 'SF Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.small { font-size: .85rem; }
.bad { color: var(--bad); }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.lead { color: var(--muted); }
.counts { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 20px 0 28px; }
.counts b { font-size: 1.5rem; font-variant-numeric: tabular-nums; margin-right: 4px; }
.holds b, .holds .word { color: var(--good); }
.fails b, .fails .word { color: var(--bad); }
.unknown b, .unknown .word { color: var(--unknown); }
.alarm { color: var(--bad); font-weight: 600; }
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); margin: 0 0 16px; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.45; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 14px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th, thead td { color: var(--muted); font-weight: 500; white-space: nowrap; }
tbody:last-child tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 500; }
.number { white-space: nowrap; }
table th[rowspan] { background: var(--card); }
.group th { padding-top: 16px; font-weight: 600; }
.classic { min-width: 900px; table-layout: fixed; }
.classic tr > :first-child { width: 140px; position: sticky; left: 0; background: var(--card); }
.classic td > * { display: block; }
.classic .figure { font-size: 1.06rem; font-weight: 600; line-height: 1.35; }
.classic td > span { font-size: .8125rem; }
.classic td > a { font-size: .8125rem; margin-top: 4px; }
.classic .unmeasured { color: var(--muted); font-size: .8125rem; }
.classic .unmeasured code { display: inline; }
.invalid td, .invalid tbody th { background: var(--bad-wash); color: var(--bad); }
.inputs { display: flex; flex-wrap: wrap; gap: 12px 24px; margin: 16px 0; }
.inputs label { display: grid; gap: 4px; font-size: .875rem; color: var(--muted); }
.inputs input { font: inherit; font-size: 1rem; width: 12rem; padding: 8px 10px; color: var(--ink); background: var(--card); border: 1px solid var(--line-strong); border-radius: 6px; font-variant-numeric: tabular-nums; }
.inputs input:invalid { border-color: var(--bad); }
.verdicts { list-style: none; margin: 16px 0; padding: 0; border-top: 1px solid var(--line); }
.verdicts li { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 4px 16px; padding: 12px 0; border-bottom: 1px solid var(--line); }
.verdicts ul { margin: 6px 0 0; }
.verdicts ul li { display: list-item; padding: 0; border: 0; }
.verdicts .word { font-weight: 600; }
.verdicts p { margin: 0; overflow-wrap: anywhere; }
.verdicts .claim { font-weight: 500; }
.verdicts .because { font-size: .9375rem; font-variant-numeric: tabular-nums; }
.experiment { margin: 32px 0 0; padding: 28px 0 0; border-top: 2px solid var(--line-strong); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 20px 32px; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .875rem; margin-bottom: 2px; }
figcaption b { font-weight: 600; }
.chart svg { display: block; width: 100%; max-width: 100%; height: auto; color: var(--muted); font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: .8125rem; color: var(--muted); }
.legend span { display: inline-flex; align-items: center; gap: 7px; }
.legend .line { width: 18px; border-top: 2px solid var(--ink-chart); }
.legend .bar { width: 8px; height: 12px; }
.legend .losses { background: var(--bad); }
.legend .errors { background: var(--unknown); }
.legend .dashes { height: 14px; border-left: 2px dashed var(--ink); }
.legend .point { width: 8px; height: 8px; border-radius: 50%; background: var(--ink-chart); }
details > summary { cursor: pointer; margin: 20px 0 8px; }
summary h4 { display: inline; margin: 0; }
.again { margin-top: 20px; font-size: .9375rem; }
ul.plain { max-width: 74ch; padding-left: 1.2em; }
ul.plain li { margin-bottom: 6px; }
@media (max-width: 600px) {
  header, main, footer { padding-left: 16px; padding-right: 16px; }
  header { padding-top: 28px; }
  h1 { font-size: 1.6rem; }
  .verdicts li { grid-template-columns: minmax(0, 1fr); }
  .inputs label, .inputs input { width: 100%; }
  th, td { padding: 8px 10px; }
  .classic tr > :first-child { width: 124px; }
  .classic { min-width: 860px; }
}
@media print {
  :root { --page: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #ccc; --line-strong: #888; --link: #000; --good: #17663c; --bad: #b3261e; --unknown: #7a5600; --ink-chart: #35708a; --bad-wash: #fff; color-scheme: light; }
  body { font-size: 11pt; }
  header, main, footer { max-width: none; padding: 0; }
  .scroll { overflow: visible; border: 0; }
  .classic { min-width: 0; }
  table { font-size: 8pt; }
  th, td { padding: 3px 5px; white-space: normal; }
  tr, figure, .verdicts li { break-inside: avoid; }
  h2, h3, h4, summary { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .inputs { display: none; }
}
`;
