import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { type AppFiles, effortBetween } from './effort-between.js';
import { defineRunner, type RunnerTask } from './runner.js';

const root = join(import.meta.dirname, '../../..');

const files = z.strictObject({
  code: z.string(),
  /** Without a gateway, one server is asked directly. */
  gateway: z.string().optional(),
});
const options = files.extend({
  /** The folder of the files, relative to the repository; its processes.yaml names the processes beside the app for each of them. */
  folder: z.string().default('examples/session-in-express'),
  start: files.default({ code: 'memory.js', gateway: 'round-robin.yaml' }),
});
type EffortOptions = z.infer<typeof options>;

const processesSchema = z.record(z.string(), z.array(z.string()));

export default defineRunner<EffortOptions>({
  id: 'effort',
  title: 'the files of a plain Express app are compared with those it starts from; nothing is run',
  options,
  names: {
    linesChanged:
      'lines added and removed, of all lines of both versions; parts: code, configuration; empty lines and comments do not count',
    dependenciesAdded: 'packages that the code imports and did not at the start, of those it imports',
    settingsAdded:
      'environment variables and values of the configuration that were not there at the start, of all there are',
    processesAdded: 'processes beside the app that were not there at the start, of all there are',
  },
  async run(task) {
    return [await entryOf(task)];
  },
});

async function entryOf(task: RunnerTask<EffortOptions>): Promise<Run> {
  const { folder, start, code, gateway } = task.options;
  const from = await readApp(folder, start);
  const effort = effortBetween(from, await readApp(folder, { code, gateway }));
  const arm = { name: task.arm, scenario: 'effort', engine: 'files', options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null },
    counted: effort,
    estimated: { linesChanged: effort.linesChanged.hit },
  };
}

/** Throws when a file is missing, or processes.yaml does not name it. */
async function readApp(folder: string, { code, gateway }: z.infer<typeof files>): Promise<AppFiles> {
  const read = (file: string): Promise<string> => readFile(join(root, folder, file), 'utf8');
  const declared = processesSchema.parse(parse(await read('processes.yaml')));
  const names = gateway === undefined ? [code] : [code, gateway];
  const processes = names.flatMap((name) => {
    const beside = declared[name];
    if (beside === undefined) throw new Error(`${folder}/processes.yaml does not say what runs beside ${name}`);
    return beside;
  });
  return { code: await read(code), configuration: gateway === undefined ? '' : await read(gateway), processes };
}
