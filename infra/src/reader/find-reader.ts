import { join } from 'node:path';
import { findOnPath } from '../find-on-path.js';
import { runCommand } from '../run-command.js';

const CHECK_TIMEOUT_MS = 5_000;

/** A server of `examples/session-readers` that can run here: it reads the session in another language. */
export interface Reader {
  readonly language: 'python' | 'php';
  readonly command: string;
  /** Its arguments, with `{port}` for the port. */
  readonly args: readonly string[];
  /** Its folder, relative to the repository. */
  readonly folder: string;
}

/** The first language that is there with its Redis client; undefined if none is. Installs nothing and takes at most five seconds. */
export async function findReader(): Promise<Reader | undefined> {
  const [python, php] = await Promise.all([
    firstThatRuns([findOnPath('python3'), '/usr/bin/python3'], ['-c', 'import redis']),
    firstThatRuns([findOnPath('php')], ['-r', 'exit(extension_loaded("redis") ? 0 : 1);']),
  ]);
  if (python !== undefined) {
    return { language: 'python', command: python, args: ['-B', 'server.py'], folder: folder('python') };
  }
  if (php === undefined) return undefined;
  return { language: 'php', command: php, args: ['-S', '127.0.0.1:{port}', 'server.php'], folder: folder('php') };
}

function folder(language: Reader['language']): string {
  return join('examples/session-readers', language);
}

async function firstThatRuns(
  commands: readonly (string | undefined)[],
  check: readonly string[],
): Promise<string | undefined> {
  for (const command of commands) {
    if (command === undefined) continue;
    if ((await runCommand(command, check, { timeoutMs: CHECK_TIMEOUT_MS })).code === 0) return command;
  }
  return undefined;
}
