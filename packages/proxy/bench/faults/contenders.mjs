import { startHaproxy } from './haproxy.mjs';
import { startHoldfast } from './holdfast.mjs';
import { startNginx } from './nginx.mjs';

const starts = { holdfast: startHoldfast, nginx: startNginx, haproxy: startHaproxy };

/** Runs `experiment` against each contender in turn with the same settings; each gets fresh replicas and a fresh proxy. */
export async function forEach(options, experiment) {
  const rows = [];
  for (const [name, start] of Object.entries(starts)) {
    if (options.contenders?.includes(name) === false) continue;
    rows.push({ contender: name, ...(await experiment(start, name)) });
  }
  return rows;
}

export const ours = (rows) => rows.find(({ contender }) => contender === 'holdfast');
