import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guardian, lastOutput, type ObtainedK6 } from '@holdfast/infra';
import { z } from 'zod';
import type { JourneyScript } from '../journeys/journey.js';

/** The time that k6 needs to load a journey and its users: they begin after it. */
export const K6_WARM_UP_MS = 1_500;

const journeys = join(import.meta.dirname, '../../journeys');

/** A script that failed at once has asked nothing. */
const asked = z.object({
  metrics: z.object({ http_reqs: z.object({ values: z.object({ count: z.number().positive() }) }) }),
});

export interface K6Run {
  readonly lines: readonly string[];
  /** k6's own summary of all metrics, as JSON. */
  readonly summary: string;
}

/** The task of a run of k6: every user goes through the journey as the plan says. */
export interface K6Task {
  readonly journey: JourneyScript;
  /** A module of promises for the script `app-journey`. */
  readonly module?: string | undefined;
  readonly plan: object;
  /** The folder for k6's own files. */
  readonly dir: string;
  /** The port at which k6 answers what it has counted so far; missing: it does not. */
  readonly apiPort?: number | undefined;
}

/** Rejects with k6's last lines when k6 fails. `onStart` gets the process, to end it early. */
export async function runK6(
  k6: ObtainedK6,
  { journey, module, plan, dir, apiPort }: K6Task,
  onStart: (child: ChildProcess) => void = () => undefined,
): Promise<K6Run> {
  const consolePath = join(dir, 'console.log');
  const summaryPath = join(dir, 'summary.json');
  const planPath = join(dir, 'plan.json');
  await writeFile(planPath, JSON.stringify(plan));
  const script = module === undefined ? join(journeys, `${journey}.ts`) : await writeEntry(module, dir);
  // k6 would append to the file of an earlier run.
  await rm(consolePath, { force: true });
  const child = spawn(
    k6.command,
    [
      ...[...k6.args, 'run', '--quiet', '--no-usage-report', '--console-output', consolePath],
      ...(apiPort === undefined ? [] : ['--address', `127.0.0.1:${apiPort}`]),
      script,
    ],
    // k6 gives a script its environment as __ENV by default.
    {
      cwd: dir,
      env: { ...process.env, PLAN: planPath, SUMMARY: summaryPath },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onStart(child);
  guardian().watch(child);
  const output = lastOutput(child);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`k6 ended with exit code ${code}:\n${output()}`);
  const [printed = '', summary = ''] = await Promise.all(
    [consolePath, summaryPath].map((path) =>
      readFile(path, 'utf8').catch((cause: unknown) => {
        throw new Error(`k6 ended well but ${path} cannot be read; was it deleted meanwhile?\n${output()}`, { cause });
      }),
    ),
  );
  const lines = printed.split('\n').map(unquote);
  if (!asked.safeParse(JSON.parse(summary)).success)
    throw new Error(`k6 ended well but measured nothing:\n${lines.slice(-10).join('\n')}\n${output()}`);
  return { lines, summary };
}

/** A script that keeps the promises of a module; k6 loads scripts by path only. */
async function writeEntry(module: string, dir: string): Promise<string> {
  const path = join(dir, 'entry.js');
  const journey = JSON.stringify(join(journeys, 'app-journey.ts'));
  await writeFile(
    path,
    `import * as promises from ${JSON.stringify(module)};
import { journeyOf } from ${journey};
export { handleSummary, options } from ${journey};
export default journeyOf(promises);
`,
  );
  return path;
}

/** k6 writes console lines as logfmt: `time=… level=info msg="…"`. */
function unquote(line: string): string {
  const message = /msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
  return message === undefined ? line : (JSON.parse(message) as string);
}
