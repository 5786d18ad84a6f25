import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';
import { build, fail, install } from './prepare.mjs';
import { root } from './root.mjs';

/**
 * Installs and builds, then hands our arguments and signals over to a program of the lab, and ends with its exit code.
 * @param {string} file built, below loadtests/dist
 */
export async function handOverToLab(file) {
  const problem = dataDirProblem(resolve(root, process.env.DATA_DIR || '.data'));
  if (problem !== undefined) fail(problem);
  await install();
  await build();
  const lab = join(root, 'loadtests/dist', file);
  if (!existsSync(lab)) fail(`The lab was not built: ${lab} is missing.`);
  // Its own signals: the lab ends what it started before it ends.
  const child = spawn(process.execPath, ['--enable-source-maps', lab, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // Ctrl-C reaches the lab by itself, as it shares our terminal.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('close', (code) => process.exit(code ?? 1));
}
