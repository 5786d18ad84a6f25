import { execFile } from 'node:child_process';

/** Runs a program in a folder and resolves with its standard output; rejects with everything it printed. */
export function run(cwd: string, file: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, env: strangersEnv(), maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} ${args.join(' ')} in ${cwd}: ${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

/** npm, quiet, without scripts of the packages that it installs. */
export function npm(cwd: string, ...args: string[]): Promise<string> {
  return run(cwd, 'npm', ...args, '--no-audit', '--no-fund', '--loglevel=error');
}

/** The environment without the variables that npm and jest set for this repository. */
export function strangersEnv(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|execpath|command|config_local_prefix)/.test(name) && !/^NODE_/.test(name),
  );
  return Object.fromEntries(own);
}
