import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/**
 * Runs a program at the repository's top and resolves with its exit code and output. Shows a line on stderr when it takes
 * longer than two seconds, and again every ten.
 * @param {string} title what it does, for people
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number, output: string }>}
 */
export async function runWithProgress(title, file, args, env = process.env) {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  let announced = false;
  const announce = setTimeout(() => {
    announced = true;
    console.error(`… ${title}`);
  }, 2_000);
  const remind = setInterval(() => console.error(`… ${title} (${seconds()} s so far)`), 10_000);
  const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const endChild = endWithUs(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-200_000);
    });
  }
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
  endChild.forget();
  clearTimeout(announce);
  clearInterval(remind);
  if (announced && code === 0) console.error(`✓ ${title} (${seconds()} s)`);
  return { code, output };
}

/**
 * Runs a program with its output shown and resolves with its exit code.
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [cwd]
 * @returns {Promise<number>}
 */
export async function runShown(file, args, env, cwd = root) {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const endChild = endWithUs(child);
  const code = await new Promise((done) => {
    child.once('error', () => done(127));
    child.once('close', (exitCode) => done(exitCode ?? 1));
  });
  endChild.forget();
  return code;
}

/**
 * Ctrl-C while a step runs ends that step with everything it started (its process group), and then us.
 * @param {import('node:child_process').ChildProcess} child started with `detached`
 */
export function endWithUs(child) {
  let ending = false;
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    if (ending) return;
    ending = true;
    child.removeAllListeners('close');
    child.once('close', () => process.exit(signal === 'SIGINT' ? 130 : 143));
    signalGroup(child, 'SIGTERM');
    // npm ci finishes what it has begun; what is half installed is installed anew the next time.
    setTimeout(() => signalGroup(child, 'SIGKILL'), 2_000);
  };
  for (const signal of endSignals) process.on(signal, end);
  return {
    forget() {
      for (const signal of endSignals) process.off(signal, end);
    },
  };
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** @type {NodeJS.Signals[]} */
const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
