import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `SESSION_SECRETS`, or a random secret, made once for this data folder so that sessions outlive a restart like their data. It is
 * never a value that others know.
 */
export function sessionSecrets(dataDir: string, env: NodeJS.ProcessEnv = process.env): string {
  if (env.SESSION_SECRETS) return env.SESSION_SECRETS;
  const path = join(dataDir, 'session-secret');
  try {
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length >= 32) return secret;
  } catch {
    // First start with this data.
  }
  const secret = randomBytes(32).toString('base64url');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, secret, { mode: 0o600 });
  return secret;
}
