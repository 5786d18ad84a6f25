import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The worker tells of each thousand sessions. One that needs this many times as long as for its second thousand does nothing any more. */
const TELLS_EVERY = 1_000;
const STALLED_TIMES = 40;
const [STALLED_AT_LEAST_MS, STALLED_AT_MOST_MS] = [4_000, 15_000];
const START_MS = 60_000;

export interface Death {
  /** Sessions that the process had made by then. */
  readonly made: number;
  /** Whether it did nothing any more but look for memory, and was ended; else it died by itself. */
  readonly stalled: boolean;
}

/** A process of that size that keeps every session it makes, until it stalls or dies. */
export async function fillUntilDeath(megabytes: number): Promise<Death> {
  const file = fileURLToPath(new URL('./growth-worker.js', import.meta.url));
  // What V8 prints when it dies is expected.
  const worker = fork(file, [String(TELLS_EVERY)], {
    execArgv: [`--max-old-space-size=${megabytes}`],
    stdio: 'ignore',
  });
  process.on('exit', () => worker.kill('SIGKILL'));
  let [made, stalled] = [0, false];
  const exited = once(worker, 'exit');
  const killAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      stalled = true;
      worker.kill('SIGKILL');
    }, ms);
  let timer = killAfter(START_MS);
  let [allowedMs, toldAt] = [START_MS, 0];
  worker.on('message', (count: number) => {
    made = count;
    const now = performance.now();
    // The first thousand begin before the process is there; the second ones are timed.
    if (count === 2 * TELLS_EVERY) {
      const stalledMs = Math.max(STALLED_AT_LEAST_MS, STALLED_TIMES * (now - toldAt));
      allowedMs = Math.min(stalledMs, STALLED_AT_MOST_MS);
    }
    toldAt = now;
    clearTimeout(timer);
    timer = killAfter(allowedMs);
  });
  await exited;
  clearTimeout(timer);
  return { made, stalled };
}
