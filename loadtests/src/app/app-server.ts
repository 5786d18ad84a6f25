import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { guardian, lastOutput } from '@holdfast/infra';
import type { Ready } from './app-file.js';

const POLL_MS = 100;
const ASK_MS = 2_000;
const END_MS = 5_000;

export interface AppServerOptions {
  readonly name: string;
  /** A shell command; `{port}` in it is the port, which is also in the variable PORT. */
  readonly command: string;
  readonly folder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly ready: Ready;
  readonly startTimeoutMs: number;
}

/** One server of somebody's app: a command in a process group of its own, so that processes it starts end with it. */
export class AppServer {
  private child: ChildProcess | undefined;
  private output: () => string = () => '';

  constructor(private readonly options: AppServerOptions) {}

  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  /** Resolves when it is ready; rejects with its last lines and a hint. */
  async start(): Promise<void> {
    const { command, folder, port, env } = this.options;
    const child = spawn(command.replaceAll('{port}', String(port)), {
      ...{ shell: true, detached: true, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] as const },
      env: { ...process.env, ...env, PORT: String(port) },
    });
    this.child = child;
    guardian().watchGroup(child);
    this.output = lastOutput(child);
    await this.untilReady();
  }

  /** Sends SIGKILL to all of its processes. Rejects when it was not running. */
  async kill(): Promise<void> {
    if (this.pid === undefined) throw new Error(`${this.options.name} was not running, so it was not killed`);
    await this.end('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) process.kill(-this.pid, signal);
  }

  async stop(): Promise<void> {
    if (this.pid === undefined) return;
    const timer = setTimeout(() => this.signal('SIGKILL'), END_MS);
    await this.end('SIGTERM');
    clearTimeout(timer);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child === undefined || this.pid === undefined) return;
    const gone = once(this.child, 'exit');
    this.signal(signal);
    await gone;
  }

  private async untilReady(): Promise<void> {
    const { name, port, ready, startTimeoutMs } = this.options;
    const deadline = Date.now() + startTimeoutMs;
    let seen = '';
    while (Date.now() < deadline) {
      if (this.pid === undefined) throw new Error(`${name} ended instead of serving.\n${this.lastLines()}`);
      seen = await this.ask();
      if (seen === 'ready') return;
      await delay(POLL_MS);
    }
    const asked =
      'path' in ready ? `at ${ready.path}` : 'line' in ready ? `by a line like ${ready.line}` : 'at its port';
    throw new Error(
      `${name} was not ready ${asked} within ${startTimeoutMs / 1000} s: ${seen}. Does it listen on 127.0.0.1 at the port of {port} or PORT (${port})?\n${this.lastLines()}`,
    );
  }

  /** `ready`, or the reason why it is not. */
  private async ask(): Promise<string> {
    const { ready, port } = this.options;
    if ('line' in ready) return new RegExp(ready.line, 'm').test(this.output()) ? 'ready' : 'no such line yet';
    if ('tcp' in ready) return (await canConnect(port)) ? 'ready' : 'the port is closed';
    const asked = fetch(`http://127.0.0.1:${port}${ready.path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ASK_MS),
    });
    const status = await asked.then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      () => 0,
    );
    if (status === 0) return 'it does not answer';
    return status < 400 ? 'ready' : `it answers ${status}`;
  }

  private lastLines(): string {
    const output = this.output();
    return output === '' ? 'It printed nothing.' : `Its last lines:\n${output.trimEnd()}`;
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ASK_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
