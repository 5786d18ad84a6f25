import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Told } from './growth-worker.js';

const TELLS_EVERY = 1_000;
/**
 * A thousand sessions that take this many times the CPU time of the fastest thousand: nineteen twentieths of what the process does is
 * to look for memory. CPU time does not depend on what else runs on the machine.
 */
const STALLED_TIMES = 20;
/** One that tells of no further thousand for so long does nothing any more, too; the first thousand begin before the process is there. */
const [START_MS, SILENT_MS] = [60_000, 15_000];

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
  const end = (): void => {
    stalled = true;
    worker.kill('SIGKILL');
  };
  let timer = setTimeout(end, START_MS);
  let fastestSeconds = Infinity;
  worker.on('message', (told: Told) => {
    if (stalled) return;
    made = told.made;
    cookies.push(...told.cookies);
    clearTimeout(timer);
    timer = setTimeout(end, SILENT_MS);
    fastestSeconds = Math.min(fastestSeconds, told.cpuSeconds);
    if (told.cpuSeconds > STALLED_TIMES * fastestSeconds) end();
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
