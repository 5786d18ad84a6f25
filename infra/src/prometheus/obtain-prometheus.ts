import { aptGetInstall } from '../apt-get.js';
import { findOnPath } from '../find-on-path.js';
import type { Say } from '../progress.js';

/** The programs of a Prometheus. */
export interface PrometheusPrograms {
  readonly prometheus: string;
  /** Checks rules and metrics. */
  readonly promtool: string;
}

/** The one sentence for a machine without Prometheus. */
export const HOW_TO_GET_PROMETHEUS =
  'No prometheus and promtool found: install them (Debian: apt-get install prometheus, macOS: brew install prometheus).';

/** Both programs on PATH, after installing them as root on Debian or Ubuntu. Rejects with one sentence that says how to get them. */
export async function obtainPrometheus(say: Say): Promise<PrometheusPrograms> {
  const found = find() ?? ((await aptGetInstall('prometheus', say)) ? find() : undefined);
  if (found === undefined) throw new Error(HOW_TO_GET_PROMETHEUS);
  return found;
}

function find(): PrometheusPrograms | undefined {
  const [prometheus, promtool] = [findOnPath('prometheus'), findOnPath('promtool')];
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}
