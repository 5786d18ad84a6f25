import { COLUMNS } from './classic-table.js';
import { html, Markup, scrolling } from './markup.js';

const INPUTS = [
  { id: 'servers', title: 'Servers', value: 3, min: 1, max: 1000, step: 1 },
  { id: 'round-trip', title: 'Round trip to the store, ms', value: 1, min: 0, max: 1000, step: 0.1 },
  { id: 'users-per-server', title: 'Users per server', value: 1000, min: 1, max: 10_000_000, step: 1 },
] as const;

interface Row {
  readonly title: string;
  /** Formulas of n servers, a round trip of r ms and u users per server; the same text is calculated here and by the page. */
  readonly formulas: readonly string[];
  readonly unit: string;
}

const ROWS: readonly Row[] = [
  {
    title: 'Requests after one login that reach a server which does not know the user',
    formulas: ['100 * (1 - 1 / n)', '0', '0', '0', '0'],
    unit: '%',
  },
  {
    title: 'Users who lose their session when one server crashes',
    formulas: ['u', 'u', '0', '0', '0'],
    unit: 'users',
  },
  { title: 'Sessions in the memory of one server', formulas: ['u', 'u', '0', 'u', 'u'], unit: 'sessions' },
  { title: 'Sessions in the store', formulas: ['0', '0', 'n * u', 'n * u', 'n * u'], unit: 'sessions' },
  {
    title: 'Waiting for the store per request, for an unchanged session',
    formulas: ['0', '0', '2 * r', '0', '0'],
    unit: 'ms',
  },
  {
    title: 'Waiting for the store per request, for a changed session',
    formulas: ['0', '0', '2 * r', 'r', 'r'],
    unit: 'ms',
  },
];

/** The inputs behind the cells of the classic table, calculated again from three numbers of the reader. */
export function dependsOn(): Markup {
  return html`<section aria-labelledby="depends"><h2 id="depends">What each cell depends on</h2>
<p>Counts of losses follow from the number of servers and of users; latency from the way to the store. These figures are calculated, not measured. A local session
is lost to its user on every other server, even before a crash. connect-redis reads the session at the start of a request and renews it before the end, the near cache asks only when its copy may be out of date.</p>
<form id="inputs" class="inputs">${INPUTS.map(
    ({ id, title, value, min, max, step }) =>
      html`<label for="${id}">${title}<input id="${id}" type="number" inputmode="decimal" value="${value}" min="${min}" max="${max}" step="${step}"></label>`,
  )}</form>
${scrolling(
  'What each cell depends on, scrollable',
  html`<table><thead><tr><td></td>${COLUMNS.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${ROWS.map(
    ({ title, formulas, unit }) =>
      html`<tr><th scope="row">${title}</th>${formulas.map((formula) => html`<td class="number"><output for="servers round-trip users-per-server" data-formula="${formula}">${written(calculate(formula))}</output> ${unit}</td>`)}</tr>`,
  )}</tbody></table>`,
)}</section>
<script>${new Markup(SCRIPT)}</script>`;
}

function calculate(formula: string): number {
  const [n, r, u] = INPUTS.map(({ value }) => value);
  return Number(new Function('n', 'r', 'u', `return ${formula}`)(n, r, u));
}

function written(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

const SCRIPT = `
const form = document.getElementById('inputs');
const read = (id) => document.getElementById(id).valueAsNumber;
const outputs = [...document.querySelectorAll('output[data-formula]')].map((output) => ({ output, formula: new Function('n', 'r', 'u', 'return ' + output.dataset.formula) }));
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', () => {
  const values = [read('servers'), read('round-trip'), read('users-per-server')];
  if (!form.checkValidity() || values.some(Number.isNaN)) return;
  for (const { output, formula } of outputs) output.textContent = formula(...values).toLocaleString('en', { maximumFractionDigits: 1 });
});
`;
