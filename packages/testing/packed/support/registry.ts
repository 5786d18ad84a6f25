import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { waitFor } from '../../src/wait-for.js';
import { npm } from './run.js';

const VERDACCIO_VERSION = '6.2.9';

/** A package registry of this test's own. It serves the `@holdfast` scope and nothing else. */
export interface Registry {
  /** The lines of an .npmrc: the scope comes from here, everything else from where npm is set up to look. */
  readonly npmrc: string;
  /** Packs a workspace and publishes the tarball, as a release does. Resolves with the tarball's path. */
  publish(folder: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Verdaccio on a free port. It is installed once, into `toolsDir`. */
export async function startRegistry(toolsDir: string, scratch: string): Promise<Registry> {
  const home = join(toolsDir, `verdaccio-${VERDACCIO_VERSION}`);
  const program = join(home, 'node_modules/verdaccio/bin/verdaccio');
  if (!existsSync(program)) {
    mkdirSync(home, { recursive: true });
    // A dependency names node-fetch by a dist-tag that some mirrors of the registry lack.
    writeFileSync(join(home, 'package.json'), '{ "private": true, "overrides": { "node-fetch": "2.7.0" } }');
    await npm(home, 'install', '--ignore-scripts', `verdaccio@${VERDACCIO_VERSION}`);
  }
  const port = await freePort();
  const config = join(scratch, 'verdaccio.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      storage: join(scratch, 'registry'),
      auth: { htpasswd: { file: join(scratch, 'htpasswd') } },
      packages: { '@holdfast/*': { access: '$all', publish: '$all' } },
      log: { type: 'stdout', format: 'json', level: 'error' },
      web: { enable: false },
    }),
  );
  const child = spawn(process.execPath, [program, '--config', config, '--listen', `127.0.0.1:${port}`], {
    cwd: scratch,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}/`;
  await waitFor(() => answers(`${url}-/ping`), { timeoutMs: 60_000, what: 'the registry answers' });
  // npm requires a token to publish; this registry takes any.
  const npmrc = `@holdfast:registry=${url}\n//127.0.0.1:${port}/:_authToken=any\n`;
  return {
    npmrc,
    async publish(folder) {
      const [{ filename }] = JSON.parse(await npm(folder, 'pack', '--json', '--pack-destination', scratch));
      writeFileSync(join(scratch, '.npmrc'), npmrc);
      await npm(scratch, 'publish', join(scratch, filename), '--registry', url);
      return join(scratch, filename);
    },
    stop: () => end(child),
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Ends the process and resolves once it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await gone;
}
