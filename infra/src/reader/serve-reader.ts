/**
 * Runs a server of another language as a process of the fleet, whose protocol it does not know: says `ready` once it answers, and ends it
 * on SIGTERM or when the fleet is gone. READER_COMMAND is its command line as a JSON array, with `{port}` for PORT.
 */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { guardian } from '@holdfast/fleet';

const PROBE_INTERVAL_MS = 50;
const PROBE_TIMEOUT_MS = 1_000;

const port = process.env.PORT ?? '';
const [command = '', ...args] = (JSON.parse(process.env.READER_COMMAND ?? '[]') as string[]).map((word) =>
  word.replace('{port}', port),
);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
// Also ended when we are killed.
guardian().watch(child);
let ended = false;
child.once('error', () => process.exit(1));
child.once('exit', (code) => {
  ended = true;
  process.exit(code ?? 0);
});
const end = (): void => void child.kill('SIGTERM');
process.once('SIGTERM', end);
process.once('disconnect', end);

while (!ended && !(await answers())) await delay(PROBE_INTERVAL_MS);
process.send?.({ type: 'ready', port: Number(port) });

/** Any answer will do: without a cookie it is a 401. */
async function answers(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/me`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).then(
    () => true,
    () => false,
  );
}
