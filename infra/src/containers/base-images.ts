import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { guardian } from '@holdfast/fleet';
import { type Say, withProgress } from '../progress.js';
import { runCommand } from '../run-command.js';
import type { ContainerEngine } from './container-engine.js';

/** Images for a machine that can fetch none: Debian with this machine's Node and Debian's Redis, and the same with npm and what it would fetch. */
export interface BaseImages {
  readonly base: string;
  readonly buildBase: string;
}

const BASE = 'holdfast/base:bookworm';
const BUILD_BASE = 'holdfast/build-base:bookworm';

/**
 * Makes them from Debian's packages and the repository's lockfile: `root` is the repository, `npmCache` a folder for npm's packages.
 * Rejects with the output of the step that failed.
 */
export async function makeBaseImages(
  engine: ContainerEngine,
  { root, npmCache }: { readonly root: string; readonly npmCache: string },
  say: Say,
): Promise<BaseImages> {
  const env = { ...process.env, ...engine.env };
  if ((await runCommand(engine.docker, ['image', 'inspect', BASE], { env })).code !== 0)
    await inScratch((dir) => withProgress('making a base image from Debian', say, () => makeBase(engine, dir)));
  await inScratch((dir) =>
    withProgress('making the image that builds', say, () => makeBuildBase(engine, { root, npmCache, dir })),
  );
  return { base: BASE, buildBase: BUILD_BASE };
}

async function makeBase(engine: ContainerEngine, dir: string): Promise<void> {
  const rootfs = join(dir, 'rootfs');
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  await must('debootstrap', ['--variant=minbase', '--include=redis-server', 'bookworm', rootfs], { PATH: path });
  cpSync(process.execPath, join(rootfs, 'usr/local/bin/node'), { dereference: true });
  rmSync(join(rootfs, 'var/cache/apt/archives'), { recursive: true, force: true });
  const pack = 'tar -C "$1" -c . | "$2" import - "$3"';
  await must('sh', ['-c', pack, 'pack', rootfs, engine.docker, BASE], engine.env);
}

async function makeBuildBase(
  engine: ContainerEngine,
  { root, npmCache, dir }: { readonly root: string; readonly npmCache: string; readonly dir: string },
): Promise<void> {
  const npm = (...args: string[]) => runCommand('npm', args);
  const registry = (await npm('config', 'get', 'registry')).output.trim();
  const npmFolder = join((await npm('root', '--global')).output.trim(), 'npm');
  const manifests = await must('git', ['-C', root, 'ls-files', '*package.json', 'package-lock.json', '.npmrc'], {});
  for (const file of manifests.trim().split('\n')) {
    if (file.startsWith('infra/deployments/')) continue;
    mkdirSync(dirname(join(dir, 'manifests', file)), { recursive: true });
    cpSync(join(root, file), join(dir, 'manifests', file));
  }
  // This fetches each package of the lockfile once; the containers get them from this cache.
  const install = ['ci', '--ignore-scripts', '--prefer-offline', '--cache', npmCache];
  await must('npm', [...install, '--prefix', join(dir, 'manifests')], {});
  rmSync(join(dir, 'manifests'), { recursive: true });
  cpSync(npmFolder, join(dir, 'npm'), { recursive: true });
  cpSync(join(npmCache, '_cacache'), join(dir, 'cache', '_cacache'), { recursive: true });
  writeFileSync(
    join(dir, 'Dockerfile'),
    `FROM ${BASE}
COPY npm /usr/local/lib/node_modules/npm
COPY cache /npm-cache
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV npm_config_cache=/npm-cache npm_config_offline=true npm_config_registry=${registry}
`,
  );
  await must(engine.docker, ['build', '--quiet', '--tag', BUILD_BASE, dir], engine.env);
}

/** The folder is deleted afterwards, by our guardian where a signal ends us before. */
async function inScratch(step: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-image-'));
  guardian().removePath(dir);
  try {
    await step(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    guardian().keepPath(dir);
  }
}

async function must(file: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { code, output } = await runCommand(file, args, { env: { ...process.env, ...env }, endsWithUs: true });
  if (code !== 0) throw new Error(`${file} ${args.slice(0, 2).join(' ')} failed: ${output.trim().slice(-2000)}`);
  return output;
}
