import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { guardian } from '@holdfast/fleet';
import { aptGetInstall } from '../apt-get.js';
import { findDocker } from '../docker.js';
import { findOnPath } from '../find-on-path.js';
import { type Say, sayOnStderr, withProgress } from '../progress.js';
import { runCommand } from '../run-command.js';

/** A container engine that answers. */
export interface ContainerEngine {
  /** The client: put its arguments behind it. */
  readonly docker: string;
  /** Docker Compose: put its arguments behind these words. */
  readonly compose: readonly string[];
  /** The environment for client and Compose. */
  readonly env: Readonly<Record<string, string>>;
  /** The words in front of a command that is to reach published ports; none where they are this machine's. */
  readonly enter: readonly string[];
  /** It cannot fetch images: they have to be made here. */
  readonly isolated: boolean;
  stop(): Promise<void>;
}

/** The one sentence for a machine without an engine. */
export const HOW_TO_GET_AN_ENGINE =
  'No container engine found: start Docker with Compose, or run as root on Debian or Ubuntu, where a private one is started.';

const PACKAGES = { dockerd: 'docker.io', iptables: 'iptables', debootstrap: 'debootstrap' } as const;
const START_TIMEOUT_MS = 60_000;

/** The engine that runs, else as root on Debian a private one. Rejects with one sentence that says how to get one. */
export async function obtainContainerEngine(dataDir: string, say: Say = sayOnStderr): Promise<ContainerEngine> {
  const running = await findDocker();
  const runningCompose = running === undefined ? undefined : await findCompose(running);
  if (running !== undefined && runningCompose !== undefined) {
    return {
      docker: running,
      compose: runningCompose,
      env: {},
      enter: [],
      isolated: false,
      stop: async () => undefined,
    };
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error(HOW_TO_GET_AN_ENGINE);
  for (const [program, name] of Object.entries(PACKAGES)) {
    if (findSystemProgram(program) === undefined && !(await aptGetInstall(name, say)))
      throw new Error(`${HOW_TO_GET_AN_ENGINE} ${name} could not be installed.`);
  }
  const docker = findSystemProgram('docker');
  const dockerd = findSystemProgram('dockerd');
  if (docker === undefined || dockerd === undefined) throw new Error(HOW_TO_GET_AN_ENGINE);
  if ((await findCompose(docker)) === undefined) await aptGetInstall('docker-compose', say);
  const compose = await findCompose(docker);
  if (compose === undefined) throw new Error(`${HOW_TO_GET_AN_ENGINE} docker-compose could not be installed.`);
  const engine = await withProgress('starting a container engine of our own', say, () =>
    startEngine(dockerd, resolve(dataDir, 'docker')),
  );
  return { docker, compose, isolated: true, ...engine };
}

/**
 * An engine in a network of its own: it may make bridges and rules there, and the machine's network stays as it is.
 */
async function startEngine(dockerd: string, dir: string): Promise<Pick<ContainerEngine, 'env' | 'enter' | 'stop'>> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const address = `unix://${join(dir, 'docker.sock')}`;
  const log = openSync(join(dir, 'dockerd.log'), 'w');
  const options = [
    ...['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'dockerd.pid')],
    ...['--host', address, '--storage-driver', 'overlay2', '--default-ulimit', 'nofile=20000:20000'],
  ];
  const child = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"', dockerd, ...options], {
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  if (child.pid === undefined) throw new Error(HOW_TO_GET_AN_ENGINE);
  guardian().watch(child);
  const env = { DOCKER_HOST: address, DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0' };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while ((await runCommand('docker', ['info'], { env: { ...process.env, ...env } })).code !== 0) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${HOW_TO_GET_AN_ENGINE} Ours did not start: see ${join(dir, 'dockerd.log')}.`);
    }
    await delay(200);
  }
  return { env, enter: ['nsenter', `--net=/proc/${child.pid}/ns/net`], stop };
}

/** Compose as a part of the client, or as a program of its own. */
async function findCompose(docker: string): Promise<readonly string[] | undefined> {
  if ((await runCommand(docker, ['compose', 'version'])).code === 0) return [docker, 'compose'];
  const program = findOnPath('docker-compose');
  return program === undefined ? undefined : [program];
}

function findSystemProgram(name: string): string | undefined {
  return findOnPath(name) ?? findOnPath(name, { PATH: '/usr/sbin:/sbin' });
}
