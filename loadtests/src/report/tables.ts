import type { Experiment, Run } from '../results/results.js';
import { figure, percent } from '../rules/decision.js';
import { isLoss, unitOf } from '../rules/measure-units.js';
import { clopperPearson } from '../statistics/clopper-pearson.js';
import { html, type Markup, scrolling } from './markup.js';
import { pooled } from './runs-of-experiment.js';
import { armTitle, measureTitle, phaseTitle, plural } from './words.js';

/** Promises kept and broken, pooled over valid runs, by arm and by time. */
export function ledgerTable(experiment: Experiment, runs: readonly Run[]): Markup {
  const phases = experiment.disturb.length > 0 ? (['before', 'after'] as const) : (['before'] as const);
  const rows = experiment.arms.flatMap((arm) => {
    const mine = runs.filter((run) => run.experiment === experiment.name && run.arm === arm);
    const measures = [...new Set(['loggedOut', 'todosLost', ...mine.flatMap(({ counted }) => Object.keys(counted))])];
    return measures.flatMap((measure) => {
      const cells = phases.map((phase) => pooled(experiment, runs, arm, measure, phase));
      return cells.every((cell) => cell === undefined) ? [] : [{ arm, measure, cells }];
    });
  });
  const titles = experiment.disturb.length > 0 ? ['Before the disturbance', 'After it'] : ['Whole run'];
  return scrolling(
    `Ledger of ${experiment.name}`,
    html`<table><thead><tr><th scope="col">Arm</th><th scope="col">Counted</th>${titles.map((title) => html`<th scope="col">${title}</th><th scope="col">Kept</th>`)}</tr></thead><tbody>${rows.map(
      ({ arm, measure, cells }, index) =>
        html`<tr>${rows[index - 1]?.arm === arm ? undefined : html`<th scope="rowgroup" rowspan="${rows.filter((row) => row.arm === arm).length}">${armTitle(arm)}</th>`}<td>${measureTitle(measure)}</td>${cells.map(
          (cell) => {
            if (cell === undefined) return html`<td class="muted">not counted</td><td></td>`;
            const { low, high } = clopperPearson(cell.hit, cell.of);
            const isBad = cell.hit > 0 && isLoss(measure);
            return html`<td class="number${isBad ? ' bad' : ''}">${cell.hit} of ${cell.of} ${unitOf(measure)} <span class="muted">(${percent(low)} to ${percent(high)})</span></td><td class="number">${cell.of - cell.hit}</td>`;
          },
        )}</tr>`,
    )}</tbody></table>`,
  );
}

/** Requests, errors, speeds and CPU of each server, one block of rows per arm: sums over valid runs, and the range of percentiles. */
export function serverTable(experiment: Experiment, runs: readonly Run[]): Markup {
  const mine = runs.filter((run) => run.experiment === experiment.name && run.valid);
  const groups = experiment.arms.flatMap((arm) =>
    (['whole', 'before', 'after'] as const).flatMap((phase) => {
      const entries = mine.filter((run) => run.arm === arm && run.phase === phase);
      const [first] = entries;
      return first === undefined ? [] : [{ arm, when: phaseTitle(first), entries }];
    }),
  );
  return scrolling(
    `Servers of ${experiment.name}`,
    html`<table><thead><tr><th scope="col">Server</th>${['Requests', 'Errors', 'p50, ms', 'p99, ms', 'CPU, s'].map((title) => html`<th scope="col" class="number">${title}</th>`)}</tr></thead>${groups.map(
      ({ arm, when, entries }) =>
        html`<tbody><tr class="group"><th scope="rowgroup" colspan="6">${armTitle(arm)} <span class="muted">${when}, ${plural(entries.length, 'valid run')}</span></th></tr>${serverRows(entries)}</tbody>`,
    )}</table>`,
  );
}

function serverRows(entries: readonly Run[]): Markup[] {
  const names = [...new Set(entries.flatMap(({ perServer }) => Object.keys(perServer)))].sort();
  return names.map((name) => {
    const servers = entries.flatMap(({ perServer }) => perServer[name] ?? []);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const answering = servers.filter(({ requests }) => requests > 0);
    const cpu = servers.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    const idle = sum(
      servers.map(({ cpuSeconds, idleCpuSeconds }) => (cpuSeconds === null ? 0 : (idleCpuSeconds ?? 0))),
    );
    const errors = sum(servers.map((server) => server.errors));
    return html`<tr><th scope="row">${name}</th><td class="number">${sum(servers.map(({ requests }) => requests))}</td><td class="number${errors > 0 ? ' bad' : ''}">${errors}</td><td class="number">${range(answering.map(({ p50Ms }) => p50Ms))}</td><td class="number">${range(answering.map(({ p99Ms }) => p99Ms))}</td><td class="number">${cpu.length === 0 ? 'unknown' : figure(sum(cpu))}${idle > 0 ? html` <span class="muted">(idle ${figure(idle)})</span>` : undefined}</td></tr>`;
  });
}

/** CPU microseconds per request of each run's processes, and the milliseconds in a second that they use when idle, which are subtracted. */
export function costTable(experiment: Experiment, runs: readonly Run[]): Markup {
  const mine = runs.filter((run) => run.experiment === experiment.name && run.valid && run.phase !== 'after');
  const rows = experiment.arms.flatMap((arm) => {
    const entries = mine.filter((run) => run.arm === arm);
    return entries.length === 0 ? [] : [{ arm, entries }];
  });
  const groups = ['gateway', 'servers', 'redis', 'generator'] as const;
  return scrolling(
    `Cost per request of ${experiment.name}`,
    html`<table><thead><tr><th scope="col">Arm</th>${['Gateway', 'Servers', 'Redis', 'Load generator'].map((title) => html`<th scope="col" class="number">${title}, µs</th>`)}</tr></thead><tbody>${rows.map(
      ({ arm, entries }) =>
        html`<tr><th scope="row">${armTitle(arm)}</th>${groups.map((group) => html`<td class="number">${range(entries.flatMap(({ cost }) => cost[group] ?? [])) || 'unknown'}${whenIdle(entries, group)}</td>`)}</tr>`,
    )}</tbody></table>`,
  );
}

function whenIdle(entries: readonly Run[], group: keyof Run['cost']): Markup | undefined {
  const milliseconds = range(entries.flatMap(({ estimated }) => estimated[`idleMs.${group}`] ?? []));
  return milliseconds === '' ? undefined : html` <span class="muted">(idle ${milliseconds} ms/s)</span>`;
}

/** Runs that decide nothing, with the reason. */
export function invalidRuns(experiment: Experiment, runs: readonly Run[]): Markup | undefined {
  const invalid = runs.filter((run) => run.experiment === experiment.name && !run.valid);
  if (invalid.length === 0) return undefined;
  return html`<h4>Runs that decide nothing</h4>${scrolling(
    `Invalid runs of ${experiment.name}`,
    html`<table class="invalid"><thead><tr><th scope="col">Arm</th><th scope="col">Block</th><th scope="col">When</th><th scope="col">Why</th></tr></thead><tbody>${invalid.map(
      (run) =>
        html`<tr><th scope="row">${armTitle(run.arm)}</th><td class="number">${run.block}</td><td>${phaseTitle(run)}</td><td>${run.invalidBecause ?? 'no reason given'}</td></tr>`,
    )}</tbody></table>`,
  )}`;
}

/** One value, or the lowest and the highest. */
function range(values: readonly number[]): string {
  if (values.length === 0) return '';
  const [low, high] = [figure(Math.min(...values)), figure(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}
