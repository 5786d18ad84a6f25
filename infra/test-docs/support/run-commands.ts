import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Where {
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
}

// A reader types the next line when the server has started; curl asks again until it has, and shows the status.
const CURL_SETTINGS =
  'silent\nshow-error\nretry = 60\nretry-connrefused\nretry-delay = 1\nwrite-out = "\\n%{http_code}\\n"\n';

/** Runs lines in one shell, ends what they left running, and resolves with what they wrote. Rejects when one of them fails. */
export async function runLines(lines: readonly string[], { folder, env }: Where): Promise<string> {
  const curlHome = mkdtempSync(join(tmpdir(), 'holdfast-curl-'));
  writeFileSync(join(curlHome, '.curlrc'), CURL_SETTINGS);
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', lines.join('\n')], {
    cwd: folder,
    // Jest's NODE_ENV is not the reader's.
    env: { ...process.env, NODE_ENV: undefined, npm_config_prefer_offline: 'true', ...env, CURL_HOME: curlHome },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that servers in the background can be ended.
    detached: true,
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (text) => (output += text));
  const closed = once(shell, 'close');
  const [code] = await once(shell, 'exit');
  try {
    process.kill(-(shell.pid as number), 'SIGTERM');
  } catch {
    // Nothing was left.
  }
  await closed;
  rmSync(curlHome, { recursive: true });
  if (code !== 0) throw new Error(`It ended with ${code}:\n${lines.join('\n')}\n${output}`);
  return output;
}
