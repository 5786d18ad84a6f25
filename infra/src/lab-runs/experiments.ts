import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const file = z.object({ question: z.string(), set: z.enum(['quick', 'standard', 'deep']).default('deep') });

/** An experiment of the lab, as a list shows it. */
export interface ListedExperiment extends z.infer<typeof file> {
  readonly name: string;
}

const ORDER = ['quick', 'standard', 'deep'];

/** The lab's experiments: those of the quick set first, then by name. One that cannot be read is left out; the lab says why. */
export async function listExperiments(folder: string): Promise<readonly ListedExperiment[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml')).sort();
  const experiments = await Promise.all(
    names.map(async (name) => {
      const read = file.safeParse(parse(await readFile(join(folder, name), 'utf8')));
      return read.success ? [{ name: name.slice(0, -'.yaml'.length), ...read.data }] : [];
    }),
  );
  return experiments.flat().sort((a, b) => ORDER.indexOf(a.set) - ORDER.indexOf(b.set));
}
