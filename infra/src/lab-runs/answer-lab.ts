import { join } from 'node:path';
import type { ControlAnswer, ControlRequest } from '@holdfast/fleet';
import { listExperiments } from './experiments.js';
import { LabRuns } from './lab-runs.js';
import { Reports } from './reports.js';

/** `/lab` of the control API, and the way to end what it started. */
export interface LabControl {
  answer(request: ControlRequest): Promise<ControlAnswer>;
  stop(): Promise<void>;
}

/**
 * Serves `GET /lab/experiments`, `GET|POST /lab/runs` (`{experiment}`; 409 while one runs), `POST /lab/runs/stop`, `GET /lab/reports`,
 * `GET /lab/reports/:id` and `GET /lab/reports/:id/html` for the repository at `root`.
 */
export function labControl(root: string): LabControl {
  const reports = new Reports(join(root, 'loadtests/results'));
  const runs = new LabRuns(root, reports);
  const experiments = () => listExperiments(join(root, 'loadtests/experiments'));

  async function start(body: unknown): Promise<ControlAnswer> {
    const name = (body as { experiment?: unknown } | undefined)?.experiment;
    const known = (await experiments()).map((experiment) => experiment.name);
    if (typeof name !== 'string' || !known.includes(name)) {
      return problem(404, 'unknown_experiment', `no experiment ${String(name)}; there are ${known.join(', ')}`);
    }
    if (!runs.start(name)) {
      return problem(409, 'lab_busy', 'an experiment is running: wait for its end, or stop it');
    }
    return { status: 202, body: { run: await runs.status() } };
  }

  async function report(id: string, form: string | undefined): Promise<ControlAnswer> {
    const found = form === 'html' ? await reports.html(id) : await reports.find(id);
    if (found === undefined) return problem(404, 'unknown_report', `no report ${id} in loadtests/results`);
    return { status: 200, body: form === 'html' ? { html: found } : found };
  }

  return {
    stop: () => runs.stop(),
    async answer({ method, words: [what, id, form], body }) {
      const request = `${method} ${what ?? ''}`;
      if (request === 'GET experiments') return { status: 200, body: { experiments: await experiments() } };
      if (request === 'GET runs' && id === undefined) return { status: 200, body: { run: await runs.status() } };
      if (request === 'POST runs' && id === undefined) return start(body);
      if (request === 'POST runs' && id === 'stop') {
        await runs.stop();
        return { status: 200, body: { run: await runs.status() } };
      }
      if (request === 'GET reports' && id === undefined)
        return { status: 200, body: { reports: await reports.list() } };
      if (request === 'GET reports' && id !== undefined) return report(id, form);
      return problem(404, 'not_found', 'there are only /lab/experiments, /lab/runs and /lab/reports here');
    },
  };
}

function problem(status: number, code: string, detail: string): ControlAnswer {
  return { status, body: { type: 'about:blank', title: code.replaceAll('_', ' '), status, code, detail } };
}
