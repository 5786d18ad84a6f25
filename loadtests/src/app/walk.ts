import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObtainedK6 } from '@holdfast/infra';
import { z } from 'zod';
import type { UserLoad } from '../loads/load.js';
import { k6Plan } from '../runners/run-arm.js';
import { K6_WARM_UP_MS, runK6 } from '../runners/run-k6.js';
import { journeyOf } from './app-experiment.js';
import type { AppFile } from './app-file.js';

const exchangeSchema = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    form: z.record(z.string(), z.string()).optional(),
    json: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  answer: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
});

/** A request of the walk and its answer. */
export type Exchange = z.infer<typeof exchangeSchema>;

/** The exchanges of one user who walked the journey on one server; `wrong` says why the walk ended early. */
export interface Walk {
  readonly exchanges: readonly Exchange[];
  readonly wrong: string | undefined;
}

/** One user walks the journey once, by the same script as the load. */
export async function walk(
  app: AppFile,
  url: string,
  k6: ObtainedK6,
  onStart: (stop: () => void) => void,
): Promise<Walk> {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-walk-'));
  const journey = journeyOf(app);
  const load: UserLoad = {
    ...{ users: 1, perSecond: 1, warmUpMs: 0, measureMs: 1_000, addresses: 'own', heavyUsers: 0, usersLeave: false },
    ...{ signInMs: () => 0, sendTimes: () => [0] },
  };
  const startAtMs = Date.now() + K6_WARM_UP_MS;
  const plan = { ...k6Plan({ experiment: 'walk', block: 1, seed: 1, journey, load }, url, startAtMs), walks: true };
  try {
    const { lines } = await runK6(k6, { journey: 'app-journey', module: journey.module, plan, dir }, (child) =>
      onStart(() => child.kill('SIGTERM')),
    );
    return readWalk(lines);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The walk among the lines that k6 printed. */
export function readWalk(lines: readonly string[]): Walk {
  const told = (word: string): unknown[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [JSON.parse(line.slice(word.length + 1))] : []));
  const exchanges = told('walked').map((text) => exchangeSchema.parse(text));
  const [end] = told('walk').map((text) => z.object({ wrong: z.string().optional() }).parse(text));
  return { exchanges, wrong: end === undefined ? `the walk did not end:\n${lines.slice(-5).join('\n')}` : end.wrong };
}
