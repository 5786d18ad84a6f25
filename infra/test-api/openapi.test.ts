import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEPLOYMENTS_FOLDER } from '../src/deployments/render.js';
import { obtainPython } from '../src/interpreters/obtain-python.js';
import { runCommand } from '../src/run-command.js';
import { type RunningSystem, startSystem } from '../test/support/running-system.js';

/** Everything but `unsupported_method`: a path without this method answers 404, since Nest knows no path without its method. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'ignored_auth',
];
/** Requests for each operation and phase. */
const EXAMPLES = '20';

const dataDir = resolve(process.env.DATA_DIR || join(DEPLOYMENTS_FOLDER, '../../.data'));
let scratch: string;
let system: RunningSystem;
let schemathesis: string | undefined;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
  try {
    schemathesis = join(await obtainPython(['schemathesis'], dataDir), '../schemathesis');
  } catch (error) {
    console.error(`!!! WITHOUT SCHEMATHESIS: no generated requests. ${(error as Error).message}`);
  }
  // Without these two every route of passkeys answers 404, and the limit would be met long before the last request.
  const passkeys = { PASSKEY_RP_ID: 'localhost', PASSKEY_ORIGINS: 'http://localhost' };
  const env = { ...passkeys, PASSKEY_LOGINS_PER_ADDRESS: '100000', LOG_LEVEL: 'warn' };
  system = await startSystem(['--scenarios', 'round-robin-cached'], join(scratch, 'data'), env);
}, 240_000);

afterAll(async () => {
  await system?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test.each(['auth', 'todo', 'chat'])(
  'generated requests: %s answers only what its document says, takes what fits it and refuses what does not',
  async (service) => {
    if (schemathesis === undefined) return;
    const url = await urlOf(`${service}-1`);
    const config = join(scratch, `${service}.toml`);
    writeFileSync(config, `[auth.openapi.session]\napi_key = "${await logIn(`generated-${service}`)}"\n`);
    // Which passwords are too common is no matter of a schema.
    const checks = service === 'auth' ? CHECKS : [...CHECKS, 'positive_data_acceptance'];
    const flags = ['--checks', checks.join(','), '--max-examples', EXAMPLES, '--seed', '1', '--no-color'];
    // A logout ends the session that the other requests need.
    const phases = ['--phases', 'examples,coverage,fuzzing', '--exclude-path', '/auth/logout', '--continue-on-failure'];
    const run = ['--config-file', config, 'run', `${url}/docs-json`, ...flags, ...phases];
    const { code, output } = await runCommand(schemathesis, run, { cwd: scratch, timeoutMs: 150_000 });
    expect(code === 0 ? '' : output).toBe('');
  },
  180_000,
);

test('the routes of passkeys are among those asked', async () => {
  const answer = await fetch(`${system.url}/auth/login/passkey/options`, { method: 'POST' });
  expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ rpId: 'localhost' })]);
});

/** The value of a new user's session cookie. */
async function logIn(username: string): Promise<string> {
  const answer = await fetch(`${system.url}/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'a long enough passphrase' }),
  });
  expect(answer.status).toBe(201);
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('hf_sid='));
  return cookie?.split(';')[0]?.slice('hf_sid='.length) ?? '';
}

/** A service's own address: what the gateway sends on is what is looked at here. */
async function urlOf(id: string): Promise<string> {
  const answer = await fetch(`${system.adminUrl}/upstreams`);
  const { upstreams } = (await answer.json()) as { upstreams: { destinations: { id: string; url: string }[] }[] };
  const url = upstreams.flatMap(({ destinations }) => destinations).find((destination) => destination.id === id)?.url;
  if (url === undefined) throw new Error(`no destination ${id}`);
  return url;
}
