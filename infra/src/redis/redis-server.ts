import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, guardian } from '@holdfast/fleet';
import { dataDirProblem } from '../../bin/data-dir.mjs';
import { askRedis } from './ask-redis.js';

/** How to run a Redis of our own. */
export interface RedisServerOptions {
  /** Path of redis-server or valkey-server. */
  readonly binary: string;
  /** Its data and log; created when missing. */
  readonly dir: string;
  /** Default: any free port of ours. */
  readonly port?: number;
  /** More command-line arguments, e.g. `['--maxmemory', '10mb']`. */
  readonly args?: readonly string[];
  /** Delete `dir` when the server is stopped or our process is gone. Default false. */
  readonly temporary?: boolean;
  /** Let it live on when our process ends. Default false: it then ends with us, however we end. */
  readonly background?: boolean;
}

/** A Redis that belongs to this process and ends with it, however this process ends. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL, as in a crash: the last second of acknowledged writes may be lost (AOF everysec). Resolves once it is gone. */
  kill(): Promise<void>;
  /** Ends it if it still runs, starts it on the same port and data; resolves once it answers. */
  restart(): Promise<void>;
  /** Calls the listener whenever the process ends, however it does; `how` is the signal or the exit code. */
  onExit(listener: (how: string) => void): void;
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;

/** Starts Redis on 127.0.0.1 with its append-only file on; resolves once it answers. Throws with its last log lines. */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  if (options.temporary) guardian().removePath(options.dir);
  const first = await launch(options);
  const { port } = first;
  const listeners: ((how: string) => void)[] = [];
  const watched = (started: ChildProcess): ChildProcess => {
    started.once('exit', (code, signal) => {
      for (const listener of listeners) listener(signal ?? `exit code ${code}`);
    });
    return started;
  };
  let child = watched(first.child);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => end(child, 'SIGKILL'),
    async restart() {
      await end(child);
      child = watched(await launchOn(port, options));
    },
    onExit: (listener) => void listeners.push(listener),
    async stop() {
      await end(child);
      if (!options.temporary) return;
      await rm(options.dir, { recursive: true, force: true });
      guardian().keepPath(options.dir);
    },
  };
}

/** Another program may take the free port before Redis binds it: then the next one. */
async function launch(options: RedisServerOptions): Promise<{ child: ChildProcess; port: number }> {
  if (options.port !== undefined) return { child: await launchOn(options.port, options), port: options.port };
  let failure: unknown;
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    try {
      return { child: await launchOn(port, options), port };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function launchOn(port: number, options: RedisServerOptions): Promise<ChildProcess> {
  const logPath = join(options.dir, 'redis.log');
  const log = openSync(logPath, 'a', 0o600);
  const child = spawn(options.binary, redisArguments(port, options), {
    // Its own group: the terminal's Ctrl-C is ours to handle, Redis ends after those who use it.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw await once(child, 'error').then(([error]) => error as Error);
  if (options.background !== true) {
    guardian().watch(pid);
    child.once('exit', () => guardian().unwatch(pid));
  }

  let deadline = Date.now() + START_TIMEOUT_MS;
  while (!hasEnded(child) && Date.now() < deadline) {
    const identity = await askRedis(port, '127.0.0.1', 500);
    // Whoever else answers on this port is not ours to use.
    if (identity?.pid === pid) {
      if (identity.loaded) return child;
      // It reads its data from disk, which takes as long as there is data.
      deadline = Date.now() + START_TIMEOUT_MS;
    }
    await delay(15);
  }
  await end(child);
  // On a full disk its log says nothing.
  const cause = dataDirProblem(options.dir) ?? lastLines(logPath, 5);
  throw new Error(`Redis did not start on port ${port}:\n${cause}`);
}

function redisArguments(port: number, options: RedisServerOptions): string[] {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: options.dir,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    daemonize: 'no',
  };
  return [...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]), ...(options.args ?? [])];
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  // A stopped process cannot act on SIGTERM.
  child.kill('SIGCONT');
  child.kill(signal);
  const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(killTimer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function lastLines(path: string, count: number): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
