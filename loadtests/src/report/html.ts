import type { Results } from '../results/results.js';
import { appTable } from './app-table.js';
import { changesSection } from './changes-section.js';
import { classicTable } from './classic-table.js';
import { conclusionsOf } from './conclusion.js';
import { dependsOn } from './depends-on.js';
import { engineDifferences } from './engine-differences.js';
import { experimentSection } from './experiment-section.js';
import { html, Markup } from './markup.js';
import { PAGE_STYLE } from './page-style.js';
import { runsMade } from './runs-of-experiment.js';
import { conclusionList, verdictCounts, verdictList } from './verdict-list.js';

const GIB = 2 ** 30;
const NOT_CARRIED_OVER = [
  'Milliseconds and requests per second: servers, Redis, gateway and load generator share the same cores here.',
  'The way to the store: on loopback a round trip takes a fraction of a millisecond. Between racks or zones it takes 0.2 to 2 ms.',
  'CPU per request: compare arms with each other, not with your own servers.',
  'How likely a crash is, and how long a new server takes to come up.',
  'Which promises are lost, and whose, follows from where state lives. That carries over.',
];

/** A comparison as one self-contained page. With `against`, it begins with the changes since that comparison. */
export function htmlReport(results: Results, { against }: { against?: Results } = {}): string {
  const { experiments, verdicts, machine, finished, plannedRuns, startedAt, set, seed, blocks, command } = results;
  const title = `${results.app === undefined ? 'S' : `${results.app}: s`}ticky sessions or a shared store?`;
  const date = startedAt.slice(0, 16).replace('T', ' ');
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sticky sessions or a shared store: ${set} comparison of ${date}</title>
<style>${new Markup(PAGE_STYLE)}</style></head>
<body><header><h1>${title}</h1>
<p class="lead">The ${set} comparison of ${date} UTC: ${runsMade(results)} of ${plannedRuns} runs on ${machine.cores} cores.</p>
${finished ? undefined : html`<p class="alarm">Interrupted: ${runsMade(results)} of ${plannedRuns} runs were made. What follows is drawn from those.</p>`}</header>
<main>${verdictCounts(verdicts)}
${against === undefined ? undefined : changesSection(results, against)}
${enginesSection(engineDifferences(experiments, verdicts))}
${
  results.app === undefined
    ? html`<section aria-label="The classic table">${classicTable(results)}</section>`
    : html`<section aria-label="What users lost">${appTable(results)}</section>`
}
${conclusionList(conclusionsOf(verdicts))}
${dependsOn()}
<section aria-labelledby="carries"><h2 id="carries">What does not carry over from one machine</h2><ul class="plain">${NOT_CARRIED_OVER.map((line) => html`<li>${line}</li>`)}</ul></section>
<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2>
<p>Every sentence was written with its rule before the runs. It holds, does not hold, or cannot be told from what was measured.</p>${verdictList(verdicts, true)}</section>
<section aria-labelledby="experiments"><h2 id="experiments">Experiments</h2>${experiments.map((experiment) => experimentSection(experiment, results))}</section></main>
<footer><h2>How to reproduce</h2><p><code>${command}</code></p>
<p class="muted">Seed ${seed}, ${blocks} blocks, ${machine.cores} cores, ${Math.round(machine.memoryBytes / GIB)} GiB of memory, Node ${machine.node}, k6 ${machine.k6}, Redis ${machine.redis}. This page is drawn from results.json beside it: <code>npm run compare -- --from results.json</code></p></footer></body></html>
`;
  return page.text;
}

function enginesSection(sentences: readonly string[]): Markup | undefined {
  if (sentences.length === 0) return undefined;
  return html`<section aria-labelledby="engines"><h2 id="engines">Load balancers</h2><ul class="plain">${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;
}
