import type { Results } from '../results/results.js';
import { compareResults } from '../rules/compare-results.js';
import { html, type Markup } from './markup.js';

/** The changes since another comparison, regressions first. */
export function changesSection(results: Results, against: Results): Markup {
  const { isRegression, changes } = compareResults(results, against);
  const list = changes.map(
    ({ isRegression: isWorse, sentence }) =>
      html`<li class="${isWorse ? 'fails' : 'unknown'}"><span class="word">${isWorse ? 'Regression' : 'Changed'}</span><p>${sentence}</p></li>`,
  );
  return html`<section aria-labelledby="changes"><h2 id="changes">Against the comparison of ${against.startedAt.slice(0, 10)}</h2>
<p>${isRegression ? 'There is a regression.' : 'There is no regression.'} ${changes.length === 0 ? 'Nothing changed beyond what the two could have overlooked.' : ''}</p>
${list.length > 0 ? html`<ul class="verdicts">${list}</ul>` : undefined}</section>`;
}
