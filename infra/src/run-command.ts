import { spawn } from 'node:child_process';
import { guardian } from '@holdfast/fleet';

/** How a program ended. */
export interface CommandResult {
  /** Null when it could not be started or was ended by a signal. */
  readonly code: number | null;
  /** The last 20 000 characters of its output. */
  readonly output: string;
}

/** Runs a program to its end without a shell. Never rejects: a program that cannot be started has code null. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly timeoutMs?: number;
    /** Our guardian ends it, and what it started, when our process is gone. */
    readonly endsWithUs?: boolean;
  } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    const { timeoutMs: timeout, endsWithUs = false, ...rest } = options;
    const child = spawn(file, [...args], {
      ...{ ...rest, ...(timeout && { timeout }), stdio: ['ignore', 'pipe', 'pipe'] },
      detached: endsWithUs,
    });
    if (endsWithUs) guardian().watchGroup(child);
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
