import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Told } from './growth-worker.js';

/** The worker tells of each thousand sessions. One that needs this many times as long as for its second thousand does nothing any more. */
const TELLS_EVERY = 1_000;
const STALLED_TIMES = 40;
const [STALLED_AT_LEAST_MS, STALLED_AT_MOST_MS] = [4_000, 15_000];
const START_MS = 60_000;

export interface Death {
  /** Sessions that the process had made by then. */
  readonly made: number;
  /** Whether it did nothing any more but look for memory, and was ended. */
  readonly stalled: boolean;
  /** Whether it died by itself. */
  readonly died: boolean;
  /** Sessions that it knew, and that were asked for when it had been started again; and those that it did not know any more. */
  readonly asked: number;
  readonly gone: number;
}

/** A process of that size that keeps every session it makes, until it stalls or dies; then it is started again. */
export async function fillUntilDeath(megabytes: number): Promise<Death> {
  const worker = start('growth-worker', megabytes, [String(TELLS_EVERY)]);
  const cookies: string[] = [];
  let [made, stalled] = [0, false];
  const exited = once(worker, 'exit');
  const killAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      stalled = true;
      worker.kill('SIGKILL');
    }, ms);
  let timer = killAfter(START_MS);
  let [allowedMs, toldAt] = [START_MS, 0];
  worker.on('message', (told: Told) => {
    made = told.made;
    cookies.push(...told.cookies);
    const now = performance.now();
    // The first thousand begin before the process is there; the second ones are timed.
    if (made === 2 * TELLS_EVERY) {
      const stalledMs = Math.max(STALLED_AT_LEAST_MS, STALLED_TIMES * (now - toldAt));
      allowedMs = Math.min(stalledMs, STALLED_AT_MOST_MS);
    }
    toldAt = now;
    clearTimeout(timer);
    timer = killAfter(allowedMs);
  });
  const [code] = await exited;
  clearTimeout(timer);
  const gone = await askAgain(megabytes, cookies);
  return { made, stalled, died: !stalled && code !== 0, asked: cookies.length, gone };
}

/** The number of these sessions that the process does not know when it is started again. */
async function askAgain(megabytes: number, cookies: readonly string[]): Promise<number> {
  const worker = start('restarted-worker', megabytes);
  const ended = once(worker, 'exit').then(() => Promise.reject(new Error('the process did not start again')));
  worker.send(cookies);
  const [gone] = await Promise.race([once(worker, 'message'), ended]);
  return gone;
}

function start(name: string, megabytes: number, args: readonly string[] = []): ChildProcess {
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  // What V8 prints when it dies is expected.
  const worker = fork(file, [...args], { execArgv: [`--max-old-space-size=${megabytes}`], stdio: 'ignore' });
  process.on('exit', () => worker.kill('SIGKILL'));
  return worker;
}
