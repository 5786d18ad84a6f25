// Plain JavaScript without imports from packages: it runs before anything is installed or built.
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Room that a start needs at least: a disk with less is as good as full. */
const PROBE_BYTES = 256 * 1024;

/**
 * Why this folder cannot hold data, in one sentence that says what to do; undefined when it can. Creates it when missing.
 * @param {string} dataDir
 * @returns {string | undefined}
 */
export function dataDirProblem(dataDir) {
  const probe = join(dataDir, `.probe-${process.pid}`);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
    return undefined;
  } catch (error) {
    return describeDataDirProblem(dataDir, /** @type {NodeJS.ErrnoException} */ (error).code ?? 'unknown error');
  } finally {
    remove(probe);
  }
}

/** @param {string} dataDir @param {string} code what the system called the problem */
export function describeDataDirProblem(dataDir, code) {
  const choose = 'Set DATA_DIR to another folder.';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `DATA_DIR is ${dataDir}, and the disk that holds it is full: free some space. ${choose}`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `DATA_DIR is ${dataDir}, and this user may not write there (${code}). ${choose}`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `DATA_DIR is ${dataDir}, which is ${isFile(dataDir) ? 'a file' : 'below a file'}, not a folder. ${choose}`;
    default:
      return `DATA_DIR is ${dataDir}, which cannot be used (${code}). ${choose}`;
  }
}

/** @param {string} path */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { force: true });
  } catch {
    // There is no such folder.
  }
}
