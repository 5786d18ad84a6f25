// What must hold before anything heavy is started: the ports are free and nobody else uses the data folder.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { dataDirProblem } from './data-dir.mjs';

/**
 * The reason why this cannot start now, or undefined. One sentence that names the port and the variable to change.
 * @param {import('./settings.mjs').Settings} settings
 */
export async function portProblem({ gatewayPort, adminPort }) {
  for (const [name, port] of /** @type {const} */ ([
    ['GATEWAY_PORT', gatewayPort],
    ['GATEWAY_ADMIN_PORT', adminPort],
  ])) {
    const code = port === 0 ? undefined : await listenProblem(port);
    if (code === 'EACCES')
      return `Port ${port} needs root: choose one above 1023. Example: ${name}=${port + 8000} npm start`;
    if (code !== undefined) {
      return `Port ${port} is taken, perhaps by a Holdfast that already runs. Stop it, or choose another port: ${name}=${port + 1} npm start`;
    }
  }
  return undefined;
}

/** @param {number} port @returns {Promise<string | undefined>} */
function listenProblem(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? 'unknown'));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Takes the data folder for this process; it is given back when the process ends.
 * @param {import('./settings.mjs').Settings} settings
 * @returns {string | undefined} the reason why it cannot be had
 */
export function takeDataDir({ dataDir, gatewayPort }) {
  const unusable = dataDirProblem(dataDir);
  if (unusable !== undefined) return unusable;
  const path = lockPath(dataDir);
  const owner = readOwner(path);
  if (owner !== undefined && ownerIsAlive(owner)) {
    return (
      `Holdfast already runs with this data (process ${owner.pid}, GATEWAY_PORT ${owner.gatewayPort}). ` +
      'Stop it, or start this one beside it: DATA_DIR=.data-2 GATEWAY_PORT=8180 GATEWAY_ADMIN_PORT=9180 npm start'
    );
  }
  rmSync(path, { force: true });
  const mine = { pid: process.pid, startedAt: startedAt(process.pid), gatewayPort };
  // Written under a name of its own and then linked: the lock is there with its content, or not at all.
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
    linkSync(draft, path);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') {
      return `Another Holdfast is starting with the data in ${dataDir}. Stop it, or set DATA_DIR and GATEWAY_PORT.`;
    }
    return dataDirProblem(dataDir) ?? `The lock ${path} cannot be written (${code}). Set DATA_DIR to another folder.`;
  } finally {
    rmSync(draft, { force: true });
  }
  process.once('exit', () => rmSync(path, { force: true }));
  return undefined;
}

/** @param {string} dataDir */
export function lockPath(dataDir) {
  return join(dataDir, 'start.lock');
}

/** @param {string} path @returns {{ pid: number, startedAt?: string, gatewayPort: number } | undefined} */
function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {{ pid: number, startedAt?: string }} owner */
function ownerIsAlive({ pid, startedAt: since }) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // The id may belong to another process by now.
  return startedAt(pid) === since;
}

/** When the process began, where /proc says so. @param {number} pid */
function startedAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
