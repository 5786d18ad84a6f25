// Installs packages and builds, each only where needed. Plain JavaScript: it runs before anything is installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { runWithProgress } from './run.mjs';

const oldestMajor = 20;
const oldestMinor = 19;

/**
 * Installs exactly what package-lock.json says, if node_modules does not hold it. Ends the process when that fails.
 * @param {string} [folder] of the package-lock.json
 */
export async function install(folder = root) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    fail(`Node ${process.versions.node} is too old: Holdfast needs Node ${oldestMajor}.${oldestMinor} or newer.`);
  }
  if (isInstalled(folder)) return;
  const { code, output } = await runWithProgress('installing packages (npm ci)', 'npm', [
    ...['ci', '--no-audit', '--no-fund', '--prefix', folder],
  ]);
  if (code !== 0) fail(installProblem(output));
}

/**
 * What went wrong with `npm ci`, in a sentence or two instead of npm's own report.
 * @param {string} output
 */
export function installProblem(output) {
  const code = /npm (?:error|ERR!) code (\S+)/.exec(output)?.[1] ?? '';
  if (
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)$/.test(
      code,
    )
  ) {
    return `Packages could not be installed: npm's registry does not answer (${code}). Check the connection, the proxy and \`npm config get registry\`, then try again.`;
  }
  if (code === 'ENOSPC') return 'Packages could not be installed: the disk is full. Free some space, then try again.';
  const said = output
    .split('\n')
    .filter((line) => /^npm (?:error|ERR!) (?!code|errno|syscall|A complete log)/.test(line));
  const cause = (said[0] ?? lastLines(output, 1)).replace(/^npm (?:error|ERR!) /, '');
  return `Packages could not be installed (npm ci${code === '' ? '' : `, ${code}`}): ${cause}\nRun \`npm ci\` to see all that npm says.`;
}

/** Compares what npm noted about node_modules with the lockfile; packages for other platforms do not count. @param {string} folder */
function isInstalled(folder) {
  const wanted = readLock(join(folder, 'package-lock.json'));
  const present = readLock(join(folder, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => !path.includes('node_modules/') || entry.optional || present[path]?.version === entry.version,
  );
}

/** @returns {Record<string, { version?: string, optional?: boolean }> | undefined} */
function readLock(/** @type {string} */ path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Builds workspaces and what they depend on; what has not changed is taken from turbo's cache. Ends the process on failure.
 * @param {string[]} workspaces package names; none: all
 */
export async function build(workspaces = []) {
  const filters = workspaces.map((name) => `--filter=${name}`);
  const { code, output } = await turbo('building', ['run', 'build', '--output-logs=errors-only', ...filters]);
  if (code !== 0) fail(`The build failed:\n${lastLines(output, 60)}`);
}

/** @param {string} title @param {string[]} args */
export function turbo(title, args) {
  return runWithProgress(title, join(root, 'node_modules', '.bin', 'turbo'), args, turboEnv());
}

export function turboEnv() {
  return { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
}

/** One message, exit code 1. @param {string} message @returns {never} */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** @param {string} text @param {number} count */
function lastLines(text, count) {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
