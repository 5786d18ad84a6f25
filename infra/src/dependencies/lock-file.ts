import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).default({});
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      link: z.boolean().optional(),
      resolved: z.string().optional(),
      license: z.string().optional(),
      ...{ dependencies: names, devDependencies: names, optionalDependencies: names, peerDependencies: names },
      peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
    }),
  ),
});
type Entry = z.output<typeof lockFile>['packages'][string];

/** What package-lock.json says about which package needs which. */
export class LockFile {
  private readonly packages: Readonly<Record<string, Entry>>;

  constructor(private readonly root: string) {
    this.packages = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))).packages;
  }

  /** Folders of this repository's own packages; '' is the root. */
  workspaces(): string[] {
    return Object.keys(this.packages).filter(
      (path) => !path.includes('node_modules') && existsSync(join(this.root, path)),
    );
  }

  /** Packages of others that a workspace names itself, with every use: for production or for development only. */
  direct(workspace: string): { production: string[]; development: string[] } {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = this.entry(workspace);
    const others = (list: object): string[] => Object.keys(list).filter((name) => !name.startsWith('@holdfast/'));
    return {
      production: others({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
      development: others(devDependencies),
    };
  }

  /** Every package of others that these workspaces need to run, without optional ones: path in node_modules → licence. */
  production(workspaces: readonly string[]): Map<string, string> {
    const found = new Map<string, string>();
    const seen = new Set<string>();
    const waiting = [...workspaces];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const entry = this.entry(path);
      if (path.includes('node_modules/')) found.set(path, entry.license ?? 'none');
      const peers = Object.keys(entry.peerDependencies).filter(
        (name) => entry.peerDependenciesMeta[name]?.optional !== true,
      );
      for (const name of [...Object.keys(entry.dependencies), ...peers]) {
        const needed = this.find(name, path);
        if (needed !== undefined) waiting.push(needed);
      }
    }
    return found;
  }

  private entry(path: string): Entry {
    const entry = this.packages[path];
    if (entry === undefined) throw new Error(`package-lock.json has no entry "${path}": run npm install`);
    return entry;
  }

  /** Where Node finds the package: in the nearest node_modules above. Undefined when it is not installed. */
  private find(name: string, from: string): string | undefined {
    for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
      const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
      const entry = this.packages[path];
      if (entry !== undefined) return entry.link === true ? entry.resolved : path;
      if (folder === '') return undefined;
    }
  }
}
