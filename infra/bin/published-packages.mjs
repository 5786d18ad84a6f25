import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** The packages that go to the registry: name, folder, and the types of each entry of `exports`. */
export function publishedPackages() {
  return ['packages', 'apps']
    .flatMap((room) => readdirSync(join(root, room)).map((name) => join(root, room, name)))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({
      name: manifest.name,
      version: manifest.version,
      folder,
      entries: Object.entries(manifest.exports ?? {}).flatMap(([path, entry]) => {
        const types = entry?.import?.types ?? entry?.types;
        return types === undefined ? [] : [[path, types]];
      }),
    }));
}
