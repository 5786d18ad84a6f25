import type { Experiment, Results } from '../results/results.js';
import { againCommand } from '../rules/again-command.js';
import { distributions } from './distributions.js';
import { html, type Markup } from './markup.js';
import { memoryLines } from './memory-lines.js';
import { secondSourceLines } from './second-sources.js';
import { costTable, invalidRuns, ledgerTable, serverTable } from './tables.js';
import { timeline } from './timeline.js';
import { verdictList } from './verdict-list.js';
import { anchorOf, armTitle, disturbanceOf, plural } from './words.js';

/** The section of one experiment with all its measurements. */
export function experimentSection(experiment: Experiment, { runs, verdicts, seed, blocks }: Results): Markup {
  const { name, question, claim, arms, journey, load, runner } = experiment;
  const mine = runs.filter((run) => run.experiment === name);
  const head = html`<h3 id="${anchorOf(name)}">${question}</h3>
<p class="muted">${name}${claim === null ? '' : `, claim ${claim}`} · ${plural(arms.length, 'arm')} · ${
    runner === undefined
      ? `journey ${journey} · ${loadOf(load)} · ${disturbanceOf(experiment)}`
      : `by the runner ${runner}`
  }</p>
${verdictList(
  verdicts.filter(({ experiment: of }) => of === name),
  false,
)}`;
  const again = reproduce(experiment, seed, blocks);
  if (mine.length === 0)
    return html`<section class="experiment">${head}<p class="alarm">No run of this experiment was made.</p>${again}</section>`;
  if (!mine.some(({ valid }) => valid))
    return html`<section class="experiment">${head}<p class="alarm">No run of this experiment is valid, so it decides nothing.</p>${invalidRuns(experiment, mine)}${again}</section>`;
  const inStore = secondSourceLines(mine.filter(({ valid }) => valid));
  const ledger = html`<details open><summary><h4>Ledger: what was promised and kept</h4></summary>${ledgerTable(experiment, mine)}${inStore.map((line) => html`<p>${line}</p>`)}</details>`;
  const timelines = arms.flatMap((arm) => timeline(mine, name, arm) ?? []);
  const missing = arms.filter((arm) => !mine.some((run) => run.arm === arm));
  const speeds = distributions(experiment, mine);
  // A runner measures what its own rules need, which may be none of these.
  const hasServers = mine.some(({ perServer }) => Object.keys(perServer).length > 0);
  const hasCosts = mine.some(({ cost }) => Object.values(cost).some((value) => value !== null));
  return html`<section class="experiment">${head}
${invalidRuns(experiment, mine)}
${missing.length > 0 ? html`<p class="alarm">Not measured: ${missing.map(armTitle).join(', ')}.</p>` : undefined}
${timelines.length > 0 ? html`<h4>Second by second</h4><p class="legend"><span><i class="line"></i> requests of each run</span> <span><i class="bar losses"></i> losses of all runs</span> <span><i class="bar errors"></i> errors of all runs</span> <span><i class="dashes"></i> disturbance</span></p><div class="charts">${timelines}</div>` : undefined}
${speeds.length > 0 ? html`<h4>Run by run</h4><p class="legend"><span><i class="point"></i> a valid run</span> <span>× mean; the line is its 95 % interval, cut at the edge</span></p><div class="charts">${speeds}</div>` : undefined}
${ledger}
${hasServers ? html`<details><summary><h4>Server by server</h4></summary>${serverTable(experiment, mine)}</details>` : undefined}
${memoryLines(mine.filter(({ valid }) => valid)).map((line) => html`<p>${line}</p>`)}
${hasCosts ? html`<details><summary><h4>CPU per request</h4></summary>${costTable(experiment, mine)}</details>` : undefined}
${again}</section>`;
}

function loadOf(load: Experiment['load']): string {
  const words = (key: string): string => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return Object.entries(load)
    .map(([key, value]) => `${words(key)} ${String(value)}`)
    .join(', ');
}

function reproduce(experiment: Experiment, seed: number, blocks: number): Markup {
  return html`<p class="again">Run it again: <code>${againCommand(experiment, blocks)} --seed ${seed}</code></p>`;
}
