import type { RunWatcher } from '../runners/tell-seconds.js';

/** Says each second and each disturbance of a run as a line on stderr; infra/src/lab-runs/read-live.ts reads them for the page. */
export const liveLines: RunWatcher = {
  onSecond: (counts) => say({ counts }),
  onDisturbance: (disturbance) => say({ disturbance }),
};

function say(what: object): void {
  process.stderr.write(`live ${JSON.stringify(what)}\n`);
}
