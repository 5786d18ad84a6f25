import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes the id once for a folder, because storage belongs to the cluster that formatted it. Kafka's tools take an id that begins
 * with a hyphen for an option; replacing such an id is safe, because it never formatted storage.
 */
export function clusterId(dir: string, random: () => Buffer = () => randomBytes(16)): string {
  const path = join(dir, 'cluster-id');
  let id = existsSync(path) ? readFileSync(path, 'utf8') : '-';
  while (id.startsWith('-')) id = random().toString('base64url');
  writeFileSync(path, id);
  return id;
}
