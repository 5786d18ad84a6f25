import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { type RunningSystem, startSystem } from '../test/support/running-system.js';
import { Client } from './clients.js';
import { cookiesAndBrowser } from './cookies-and-browser.js';
import { gatewayHttp } from './gateway-http.js';
import { login } from './login.js';
import { sessionLife } from './session-life.js';
import type { Target } from './target.js';
import { webSocket } from './websocket.js';

const SECRETS = ['the-new-secret-Vq8Zt3Lw9Rk2', 'the-old-secret-Hn5Xc7Bd4Pj6'];
const dir = mkdtempSync(join(tmpdir(), 'holdfast-security-'));
let system: RunningSystem;
let target: Target;

beforeAll(async () => {
  system = await startSystem(['--scenarios', 'round-robin-cached,sticky-cookie-cached'], dir, {
    REPLICAS: '2',
    LOG_LEVEL: 'debug',
    GATEWAY_ACCESS_LOG: 'true',
    SESSION_SECRETS: SECRETS.join(','),
    // Asking to log in by a passkey makes or changes a session, and costs no hash of a password.
    PASSKEY_RP_ID: 'localhost',
    PASSKEY_ORIGINS: 'http://localhost',
    PASSKEY_LOGINS_PER_ADDRESS: '100000',
  });
  const { url, adminUrl, output } = system;
  target = { client: new Client(url), adminUrl, secrets: SECRETS, output };
}, 120_000);

afterAll(async () => {
  await system?.stop();
  rmSync(dir, { recursive: true, force: true });
});

// One system for all: a test makes its own users.
sessionLife(() => target);
cookiesAndBrowser(() => target);
login(() => target);
gatewayHttp(() => target);
webSocket(() => target);
