import type { Verdict } from '../results/results.js';
import { figure, percent } from '../rules/decision.js';
import { type Conclusion, groundWord } from './conclusion.js';
import { html, type Markup } from './markup.js';
import { anchorOf, verdictWord } from './words.js';

const KINDS = { true: 'holds', false: 'fails', null: 'unknown' } as const;

/** Each rule's answer in words, with its reason, interval and noise. */
export function verdictList(verdicts: readonly Verdict[], linked: boolean): Markup {
  if (verdicts.length === 0) return html`<p class="muted">No rule was judged.</p>`;
  return html`<ul class="verdicts">${verdicts.map(
    (verdict) => html`<li class="${kindOf(verdict)}"><span class="word">${verdictWord(verdict)}</span>
<div><p class="claim">${verdict.claim}</p><p class="because">${verdict.because}</p>${noise(verdict)}<p class="muted small"><code>${verdict.rule}</code>${
      linked ? html` · <a href="#${anchorOf(verdict.experiment)}">${verdict.experiment}</a>` : undefined
    }</p></div></li>`,
  )}</ul>`;
}

/** The conclusions from the verdicts, each with the sentences that it rests on. */
export function conclusionList(conclusions: readonly Conclusion[]): Markup | undefined {
  if (conclusions.length === 0) return undefined;
  return html`<section aria-labelledby="conclusions"><h2 id="conclusions">What follows</h2>
<p>A conclusion holds when every sentence that it rests on does.</p><ul class="verdicts">${conclusions.map(
    ({
      say,
      holds,
      because,
      restsOn,
    }) => html`<li class="${kindOf({ holds })}"><span class="word">${verdictWord({ holds })}</span>
<div><p class="claim">${say}</p><p class="because">${because}</p><ul class="plain muted small">${restsOn.map(
      ({ experiment, say: ground, verdict }) =>
        html`<li>${groundWord(verdict)}: ${ground} ${verdict === undefined ? experiment : html`<a href="#${anchorOf(experiment)}">${experiment}</a>`}</li>`,
    )}</ul></div></li>`,
  )}</ul></section>`;
}

/** The numbers of rules that hold, do not hold, and cannot be told. */
export function verdictCounts(verdicts: readonly Verdict[]): Markup {
  const count = (holds: boolean | null) => verdicts.filter((verdict) => verdict.holds === holds).length;
  return html`<p class="counts"><span class="holds"><b>${count(true)}</b> ${count(true) === 1 ? 'holds' : 'hold'}</span><span class="fails"><b>${count(false)}</b> ${count(false) === 1 ? 'does' : 'do'} not hold</span><span class="unknown"><b>${count(null)}</b> cannot be told</span></p>`;
}

function kindOf({ holds }: Pick<Verdict, 'holds'>): string {
  return KINDS[`${holds}`];
}

function noise({ rule, interval, noiseFloor }: Verdict): Markup | undefined {
  const lines: string[] = [];
  if (interval !== null) {
    const write = rule.startsWith('estimated') ? figure : percent;
    lines.push(`${interval.of}: ${write(interval.low)} to ${write(interval.high)} at ${percent(interval.level)}`);
  }
  if (noiseFloor !== null)
    lines.push(
      `Noise floor: two starts of the same configuration differ by ${figure(noiseFloor.ratio)} times (${figure(noiseFloor.low)} to ${figure(noiseFloor.high)})`,
    );
  return lines.length === 0 ? undefined : html`<p class="muted small">${lines.join('. ')}.</p>`;
}
