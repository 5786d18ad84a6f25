import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath } from './find-on-path.js';
import { type Say, withProgress } from './progress.js';
import { runCommand } from './run-command.js';

/** A program and the folder of infra whose `go.mod` and `go.sum` pin it and everything that it is built from. */
export interface GoProgram {
  readonly folder: 'collector' | 'k6' | 'kubernetes' | 'toxiproxy';
  /** The package with its `main`. */
  readonly main: string;
  /** For people, while it is built. */
  readonly title: string;
}

/** Builds the program into the file `target`. Undefined when it is built; else the reason of its failure, which is empty without Go. */
export async function buildWithGo(
  { folder, main, title }: GoProgram,
  target: string,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<string | undefined> {
  const go = findOnPath('go', env);
  if (go === undefined) return '';
  mkdirSync(dirname(target), { recursive: true });
  const { code, output } = await withProgress(title, say, () =>
    runCommand(go, ['build', '-buildvcs=false', '-o', target, main], {
      cwd: fileURLToPath(new URL(`../${folder}`, import.meta.url)),
      env: { ...env, CGO_ENABLED: '0' },
    }),
  );
  return code === 0 ? undefined : `Building it with Go failed: ${output.trim().split('\n').at(-1) ?? ''}`;
}
