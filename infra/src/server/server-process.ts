import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, guardian } from '@holdfast/fleet';
import { dataDirProblem } from '../../bin/data-dir.mjs';

/** A kind of server that we run on loopback. */
export interface ServerProgram {
  /** Its name in messages, e.g. `Redis`. */
  readonly name: string;
  readonly binary: string;
  /** Its command line for this port. */
  arguments(port: number): readonly string[];
  /** Variables of our environment that it must not see. Default: it sees all. */
  readonly withoutEnv?: readonly string[] | undefined;
  /** Begin its log anew at each start. Default false: it goes on. */
  readonly newLog?: boolean;
  /** Longest wait for its first answer. Default 15 000. */
  readonly startTimeoutMs?: number;
  /** Longest wait for its end after SIGTERM. Default 5000. */
  readonly stopTimeoutMs?: number;
  /** Undefined while no such server answers on the port. */
  ask(port: number): Promise<ServerAnswer | undefined>;
}

/** The answer of a server on a port about itself. */
export interface ServerAnswer {
  /** Undefined: the server cannot tell. */
  readonly pid: number | undefined;
  /** False while it still reads its data from disk. */
  readonly loaded: boolean;
}

/** The folder, port and lifetime of a server. */
export interface ServerPlace {
  /** Its data and log; created when missing. */
  readonly dir: string;
  /** Default: any free port of ours. */
  readonly port?: number | undefined;
  /** Delete `dir` when the server is stopped or our process is gone. Default false. */
  readonly temporary?: boolean | undefined;
  /** Let it live on when our process ends. Default false: it then ends with us, even after a crash. */
  readonly background?: boolean | undefined;
}

/** A server that belongs to this process and ends with it, even after a crash. */
export interface ServerProcess {
  readonly port: number;
  readonly pid: number;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL, as in a crash. Resolves once it is gone. */
  kill(): Promise<void>;
  /** Ends it if it still runs, starts it on the same port and data; resolves once it answers. */
  restart(): Promise<void>;
  /** Calls the listener whenever the process ends; `how` is the signal or the exit code. */
  onExit(listener: (how: string) => void): void;
  /** Ends it; resolves once it is gone. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5_000;

/** Starts the program; resolves once it answers. Throws with its last log lines. */
export async function startServerProcess(program: ServerProgram, place: ServerPlace): Promise<ServerProcess> {
  mkdirSync(place.dir, { recursive: true, mode: 0o700 });
  if (place.temporary) guardian().removePath(place.dir);
  const first = await launch(program, place);
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
    port,
    get pid() {
      return child.pid ?? 0;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => end(child, program, 'SIGKILL'),
    async restart() {
      await end(child, program);
      child = watched(await launchOn(port, program, place));
    },
    onExit: (listener) => void listeners.push(listener),
    async stop() {
      await end(child, program);
      if (!place.temporary) return;
      await rm(place.dir, { recursive: true, force: true });
      guardian().keepPath(place.dir);
    },
  };
}

/** Another program may take the free port before the server binds it; the next port is then tried. */
async function launch(program: ServerProgram, place: ServerPlace): Promise<{ child: ChildProcess; port: number }> {
  if (place.port !== undefined) return { child: await launchOn(place.port, program, place), port: place.port };
  let failure: unknown;
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    try {
      return { child: await launchOn(port, program, place), port };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function launchOn(port: number, program: ServerProgram, place: ServerPlace): Promise<ChildProcess> {
  const logPath = join(place.dir, `${program.name.toLowerCase()}.log`);
  const log = openSync(logPath, program.newLog ? 'w' : 'a', 0o600);
  const child = spawn(program.binary, [...program.arguments(port)], {
    // Its own group: we handle the terminal's Ctrl-C, and the server ends after its clients.
    detached: true,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !program.withoutEnv?.includes(name))),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw await once(child, 'error').then(([error]) => error as Error);
  if (place.background !== true) guardian().watch(child);

  const { startTimeoutMs = START_TIMEOUT_MS } = program;
  let deadline = Date.now() + startTimeoutMs;
  while (!hasEnded(child) && Date.now() < deadline) {
    const answer = await program.ask(port);
    // Another server on this port belongs to someone else and is not used.
    if (answer !== undefined && (answer.pid ?? pid) === pid) {
      if (answer.loaded) return child;
      // It loads its data from disk, which may take long with much data.
      deadline = Date.now() + startTimeoutMs;
    }
    await delay(15);
  }
  await end(child, program);
  // On a full disk its log says nothing.
  const cause = dataDirProblem(place.dir) ?? lastLines(logPath, 5);
  throw new Error(`${program.name} did not start on port ${port}:\n${cause}`);
}

async function end(
  child: ChildProcess,
  { stopTimeoutMs = STOP_TIMEOUT_MS }: ServerProgram,
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  // A stopped process cannot act on SIGTERM.
  child.kill('SIGCONT');
  child.kill(signal);
  const killTimer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
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
