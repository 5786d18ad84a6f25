/**
 * Faults under load through real sockets and real processes, ours beside nginx and HAProxy, each set up with the best it
 * has against the fault. `--faults F1,F2` picks some.
 */
import { stopOwned } from '../native.mjs';
import { failing, gone, slow } from './ailments.mjs';
import { aborted, raced, unread } from './connections.mjs';
import { loud, restarted, scaled } from './places.mjs';
import { frozen, killed, rolled } from './processes.mjs';

const faults = {
  F1: killed,
  F2: frozen,
  F3: rolled,
  F4: slow,
  F5: failing,
  F6: gone,
  F7: raced,
  F17: unread,
  F18: aborted,
  F20: scaled,
  F21: loud,
  F22: restarted,
};

export async function measure(options) {
  const results = {};
  const verdicts = [];
  for (const [name, run] of Object.entries(faults)) {
    if (options.faults?.includes(name) === false) continue;
    const outcome = await run(options);
    stopOwned();
    results[name] = outcome.rows;
    verdicts.push(...(outcome.verdicts ?? []));
  }
  return { results, verdicts };
}
