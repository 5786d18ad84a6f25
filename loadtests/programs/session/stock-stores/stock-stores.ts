import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { obtainPhp, sayOnStderr, withProgress } from '@holdfast/infra';
import type { ServerCommand } from './http-racer.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const folder = join(root, 'loadtests/programs/session/stock-stores');
const dataDir = process.env.DATA_DIR || join(root, '.data');

/** Finds or builds what a store needs; rejects with a sentence where it cannot be had. `atOnce`: requests that one server answers at once. */
type Obtain = (atOnce: number) => Promise<ServerCommand>;

/** The usual session stores of other languages. */
export const STOCK_STORES: Readonly<Record<string, Obtain>> = {
  'php-redis': (atOnce) => obtainPhpServer(atOnce, {}),
  'php-redis-locking': (atOnce) => obtainPhpServer(atOnce, { LOCKING: 'on' }),
  'flask-session': obtainFlask,
  'spring-session': obtainSpring,
};

async function obtainPhpServer(atOnce: number, env: Record<string, string>): Promise<ServerCommand> {
  return {
    file: await obtainPhp(),
    args: (port) => ['-S', `127.0.0.1:${port}`, join(folder, 'php/server.php')],
    // PHP's built-in server answers one request at a time; with workers it is as a pool of php-fpm.
    env: { ...env, PHP_CLI_SERVER_WORKERS: String(atOnce) },
  };
}

async function obtainFlask(): Promise<ServerCommand> {
  const requirements = join(folder, 'flask/requirements.txt');
  const environment = await buildOnce(
    'flask-session',
    [requirements],
    'installing Flask-Session with pip',
    async (dir) => {
      await run('python3', ['-m', 'venv', dir]);
      await run(join(dir, 'bin/python3'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    },
  );
  return { file: join(environment, 'bin/python3'), args: () => ['-B', join(folder, 'flask/server.py')], env: {} };
}

async function obtainSpring(): Promise<ServerCommand> {
  const pom = join(folder, 'spring/pom.xml');
  const sources = ['java/stockstore/Server.java', 'resources/application.properties'].map((name) =>
    join(folder, 'spring/src/main', name),
  );
  const target = await buildOnce('spring-session', [pom, ...sources], 'building a Spring Boot app with Maven', (dir) =>
    run('mvn', ['--batch-mode', '--quiet', '--file', pom, `-DoutputFolder=${dir}`, '-DskipTests', 'package']),
  );
  return { file: 'java', args: () => ['-jar', join(target, 'server.jar')], env: {} };
}

/** The folder that `build` filled, made again when one of the sources has changed. */
async function buildOnce(
  name: string,
  sources: readonly string[],
  what: string,
  build: (dir: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const place = join(dataDir, 'stock-stores', `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(place)) return place;
  // Built beside it, so that an interrupted build does not look complete.
  const partial = `${place}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    await withProgress(what, sayOnStderr, () => build(partial));
    renameSync(partial, place);
    return place;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}
