import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('./destination-process.mjs', import.meta.url));

/** A real process that serves as destination. */
export class Replica {
  port = 0;
  private child: ChildProcess | undefined;

  constructor(readonly id: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    const env = { ...process.env, ID: this.id, PORT: String(this.port), NODE_OPTIONS: '' };
    this.child = fork(file, { env, execArgv: [] });
    const [message] = (await once(this.child, 'message')) as [{ port: number }];
    this.port = message.port;
    return this;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  async exited(): Promise<void> {
    if (this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null) {
      await once(this.child, 'exit');
    }
  }

  async stop(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited();
  }
}
