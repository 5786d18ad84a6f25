import { rm, writeFile } from 'node:fs/promises';
import { guardian } from '@holdfast/fleet';

/** Writes a file that only this user may read; the returned function deletes it, as does the end of our process. */
export async function writePrivateFile(path: string, text: string): Promise<() => Promise<void>> {
  guardian().removePath(path);
  await rm(path, { force: true });
  await writeFile(path, text, { mode: 0o600 });
  return () => rm(path, { force: true });
}
