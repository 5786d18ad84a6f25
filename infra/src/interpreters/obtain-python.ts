import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { aptGetInstall } from '../apt-get.js';
import { findOnPath } from '../find-on-path.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { runCommand } from '../run-command.js';

/**
 * A Python 3 that can import these packages, in this order: on PATH; the system's own; with packages from Debian, as root;
 * in a virtual environment under `dataDir`, filled by pip once. Rejects with one sentence that says how to get it.
 */
export async function obtainPython(
  packages: readonly string[],
  dataDir: string,
  say: Say = sayOnStderr,
): Promise<string> {
  const environment = join(
    dataDir,
    'python',
    createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12),
  );
  const inEnvironment = join(environment, 'bin', 'python3');
  const onPath = findOnPath('python3');
  const pythons = [onPath ?? 'python3', '/usr/bin/python3', inEnvironment];
  const found = await firstWith(packages, pythons);
  if (found !== undefined) return found;
  for (const name of packages) await aptGetInstall(debianName(name), say);
  const installed = await firstWith(packages, pythons);
  if (installed !== undefined) return installed;
  if (onPath !== undefined) {
    await withProgress(`installing ${packages.join(', ')} with pip`, say, async () => {
      await runCommand(onPath, ['-m', 'venv', environment]);
      await runCommand(inEnvironment, ['-m', 'pip', 'install', '--quiet', ...packages.map(pipName)]);
    });
  }
  if (await canImport(packages, inEnvironment)) return inEnvironment;
  throw new Error(
    `No Python 3 with ${packages.join(', ')} found: install both (Debian: apt-get install ${packages.map(debianName).join(' ')}, elsewhere: pip install ${packages.map(pipName).join(' ')}).`,
  );
}

function debianName(name: string): string {
  return `python3-${pipName(name).replaceAll('_', '-')}`;
}

/** Where a package has another name than what a program imports. */
function pipName(name: string): string {
  return name === 'cfnlint' ? 'cfn-lint' : name;
}

async function firstWith(packages: readonly string[], pythons: readonly string[]): Promise<string | undefined> {
  for (const python of pythons) if (await canImport(packages, python)) return python;
  return undefined;
}

async function canImport(packages: readonly string[], python: string): Promise<boolean> {
  return (await runCommand(python, ['-c', `import ${packages.join(', ')}`], { timeoutMs: 20_000 })).code === 0;
}
