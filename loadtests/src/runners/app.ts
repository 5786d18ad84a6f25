import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { obtainK6, obtainPhp, obtainPython } from '@holdfast/infra';
import { z } from 'zod';
import { journeyOf } from '../app/app-experiment.js';
import type { AppFile } from '../app/app-file.js';
import { ROUTINGS } from '../app/app-file.schema.js';
import { readAppFile } from '../app/read-app-file.js';
import { runAppArm } from '../app/run-app-arm.js';
import partlyOpen from '../loads/partly-open.js';
import type { Measure } from '../measures/measure.js';
import { loadFolder } from '../registry/load-folder.js';
import type { Run } from '../results/results.js';
import { defineRunner, type RunnerTask } from './runner.js';

const root = join(import.meta.dirname, '../../..');
const dataDir = process.env.DATA_DIR || join(root, '.data');

const options = z.strictObject({
  /** The app's file, as `npm run compare -- --app` takes it, relative to the repository. */
  file: z.string(),
  variant: z.string(),
  routing: z.enum(ROUTINGS),
  /** Settings of the load that replace those of the file. */
  load: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  /** The number of writes that a user sends at the same time, in place of the file's. */
  together: z.int().min(1).max(20).optional(),
  /** An interpreter that is found or installed: PHP with its Redis client, or a Python that can import these modules. */
  php: z.boolean().default(false),
  python: z.array(z.string()).default([]),
});
type AppOptions = z.infer<typeof options>;

export default defineRunner<AppOptions>({
  id: 'app',
  title: 'users of an app of examples/, as its file says, under k6 on servers of its own',
  options,
  names: {
    loginsDenied: 'logins that the app refused, of logins tried',
    writesLost: 'acknowledged writes that a later answer denied, of writes acknowledged',
  },
  run: async (task, onStart) => runOnce(task, await readApp(task.options), onStart),
});

async function runOnce(
  task: RunnerTask<AppOptions>,
  app: AppFile,
  onStart: (stop: () => Promise<void>) => void,
): Promise<Run[]> {
  const { variant, routing } = task.options;
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-app-'));
  const k6 = await obtainK6(dataDir);
  const measures = await loadFolder<Measure>(join(import.meta.dirname, '../measures'));
  const plan = {
    ...{ experiment: task.experiment, block: task.block, seed: 1, disturbances: [], journey: journeyOf(app) },
    arm: { name: task.arm, scenario: 'app', engine: 'holdfast', options: {} },
    load: partlyOpen.draw(partlyOpen.settings.parse({ ...app.load, ...task.options.load })),
  };
  try {
    const tools = { k6, measures: [...measures.values()] };
    return (await runAppArm(app, { variant, routing, dir }, plan, tools, onStart)).entries;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function readApp({ file, variant, together, php, python }: AppOptions): Promise<AppFile> {
  const { app, mistakes } = readAppFile(join(root, file), await readFile(join(root, file), 'utf8'));
  if (app === undefined) throw new Error(mistakes.join('; '));
  if (app.variants[variant] === undefined) throw new Error(`${file} has no variant "${variant}"`);
  const programs = [
    ...(php ? [await obtainPhp()] : []),
    ...(python.length > 0 ? [await obtainPython(python, dataDir)] : []),
  ];
  const path = [...programs.map(dirname), process.env.PATH ?? ''].join(delimiter);
  const written = together === undefined ? app : { ...app, journey: withTogether(app.journey, together) };
  return programs.length === 0 ? written : { ...written, env: { ...app.env, PATH: path } };
}

function withTogether(journey: AppFile['journey'], together: number): AppFile['journey'] {
  if ('module' in journey) throw new Error('together needs a journey of steps');
  return { ...journey, write: journey.write.map((step) => (step.name === 'write' ? { ...step, together } : step)) };
}
