import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Every module of a folder that exports a part as default, by id. A part's id is its file name, so a new part is one new file.
 * Throws with the file's name when the two differ.
 */
export async function loadFolder<T extends { readonly id: string }>(folder: string): Promise<ReadonlyMap<string, T>> {
  const files = readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.[jt]s$/.test(file))
    .sort();
  const parts = new Map<string, T>();
  for (const file of files) {
    const { default: part } = (await import(pathToFileURL(join(folder, file)).href)) as { default?: T };
    if (part === undefined) continue;
    const id = file.replace(/\.[jt]s$/, '');
    if (part.id !== id)
      throw new Error(`${join(folder, file)} exports "${part.id}"; its id must be its file name, "${id}"`);
    parts.set(id, part);
  }
  return parts;
}
