import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Runs one program that is no Node process (redis-server, a broker) so that it never outlives us, however we die: the
 * guardian's standard input is a pipe that only we hold, and the kernel closes it even after kill -9.
 *
 * Written as a script for `node -e`, so that it needs no file of its own beside the build.
 */
const guardianScript = `
const { spawn } = require('node:child_process');
const [file, ...args] = process.argv.slice(1);
const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
process.send({ pid: child.pid });
const end = () => { child.kill('SIGCONT'); child.kill('SIGTERM'); setTimeout(() => child.kill('SIGKILL'), 5000).unref(); };
process.stdin.on('data', () => {}).on('end', end).on('error', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
child.on('error', (error) => { console.error(error.message); process.exit(127); });
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
`;

/** A guarded program: `pid` is the program's own, `ended` resolves with its last output when it is gone. */
export interface GuardedProcess {
  readonly pid: number;
  readonly ended: Promise<string>;
  /** Asks it to end (SIGTERM, SIGKILL after five seconds) and waits until it has. */
  stop(): Promise<void>;
}

/** Starts a program under a guardian. Rejects when it cannot be started. */
export async function startGuarded(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<GuardedProcess> {
  const guardian = spawn(process.execPath, ['-e', guardianScript, '--', file, ...args], {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C in the terminal reaches us, and we end it when nothing needs it any more.
    detached: true,
  });
  const ended = collectUntilEnd(guardian);
  const pid = await new Promise<number>((resolve, reject) => {
    guardian.once('message', (message: { pid?: number }) =>
      message.pid === undefined ? reject(new Error(`cannot start ${file}`)) : resolve(message.pid),
    );
    guardian.once('error', reject);
    guardian.once('exit', () => reject(new Error(`cannot start ${file}`)));
  });
  guardian.disconnect();
  return {
    pid,
    ended,
    async stop() {
      guardian.stdin?.end();
      await ended;
    },
  };
}

function collectUntilEnd(child: ChildProcess): Promise<string> {
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}
