import { aptGetInstall } from '../apt-get.js';
import { findOnPath } from '../find-on-path.js';
import type { Say } from '../progress.js';

/** A program, and the Debian package that has it. */
export interface DebianProgram {
  readonly name: string;
  readonly package: string;
}

/** A program on PATH, after installing it as root on Debian or Ubuntu. Rejects with one sentence that says how to get it. */
export async function obtainDebianProgram(program: DebianProgram, say: Say, env = process.env): Promise<string> {
  // Where Debian has it, and not every user's PATH.
  const find = (): string | undefined =>
    findOnPath(program.name, env) ?? findOnPath(program.name, { PATH: '/usr/sbin:/usr/local/sbin' });
  const found = find();
  if (found !== undefined) return found;
  const installed = (await aptGetInstall(program.package, say)) ? find() : undefined;
  if (installed === undefined)
    throw new Error(
      `No ${program.name} found: install it (Debian: apt-get install ${program.package}, macOS: brew install ${program.name}), or leave it out of --engine.`,
    );
  return installed;
}
