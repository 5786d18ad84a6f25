import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const manifest = z.looseObject({ name: z.string(), dependencies: z.record(z.string(), z.string()).default({}) });

/** A fingerprint of each app's code: its own built files and those of the workspaces it depends on. */
export function builtApps(root: string): Map<string, string> {
  const folders = ['apps', 'packages'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  const workspaces = new Map(
    [...folders, join(root, 'infra')].filter(hasManifest).map((folder) => {
      const { name, dependencies } = manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
      return [name, { folder, dependencies: Object.keys(dependencies), built: hashOf(join(folder, 'dist')) }];
    }),
  );
  const needed = (name: string, found = new Set<string>()): Set<string> => {
    const workspace = workspaces.get(name);
    if (workspace === undefined || found.has(name)) return found;
    found.add(name);
    for (const dependency of workspace.dependencies) needed(dependency, found);
    return found;
  };
  const apps = [...workspaces].filter(([, { folder }]) => folder.startsWith(join(root, 'apps')));
  return new Map(
    apps.map(([name, { folder }]) => {
      const parts = [...needed(name)].sort().map((part) => workspaces.get(part)?.built);
      return [folder.slice(join(root, 'apps').length + 1), parts.join()];
    }),
  );
}

function hasManifest(folder: string): boolean {
  return existsSync(join(folder, 'package.json'));
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  if (!existsSync(folder)) return '';
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.(?:js|css|html)$/.test(path)) hash.update(path).update(readFileSync(join(folder, path)));
  }
  return hash.digest('base64');
}
