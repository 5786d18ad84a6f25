import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import nginxEngine from '../src/engines/nginx.js';
import { type RunningSystem, startSystem } from '../test/support/running-system.js';
import { PASSWORD, uniqueName, until } from './clients.js';

const dir = mkdtempSync(join(tmpdir(), 'holdfast-tls-'));
let system: RunningSystem;
let nginx: ChildProcess;
let port: number;

beforeAll(async () => {
  system = await startSystem(['--scenarios', 'round-robin-cached'], join(dir, 'data'), { SESSION_SECURE: 'true' });
  port = await freePort();
  nginx = await startNginx();
}, 120_000);

afterAll(async () => {
  nginx?.kill('SIGKILL');
  await system?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** nginx as docs/behind-tls.md says, with other ports and a certificate of its own. */
async function startNginx(): Promise<ChildProcess> {
  const binary = await nginxEngine.program.obtain(() => undefined);
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${dir}/shop.key`, '-out', `${dir}/shop.crt`];
  execFileSync('openssl', ['req', '-x509', '-days', '1', '-subj', '/CN=shop.example', ...key], { stdio: 'ignore' });
  const page = readFileSync(join(import.meta.dirname, '../../docs/behind-tls.md'), 'utf8');
  const server = (/```nginx\n([\s\S]+?)```/.exec(page)?.[1] ?? '')
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('127.0.0.1:8080', new URL(system.url).host)
    .replaceAll('/etc/ssl', dir);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${dir}/${one};`);
  const frame = `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log; events {}`;
  writeFileSync(`${dir}/nginx.conf`, `${frame}\nhttp { access_log off; ${paths.join(' ')} ${server} }`);
  const child = spawn(binary, ['-c', `${dir}/nginx.conf`, '-e', `${dir}/error.log`], { stdio: 'ignore' });
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  await until('nginx takes connections', answers);
  return child;
}

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<IncomingMessage> {
  const about = { host: 'localhost', 'content-type': 'application/json', 'content-length': String(body.length) };
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path,
    rejectUnauthorized: false,
    headers: { ...about, ...headers },
  };
  const outgoing = request(options);
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
}

test('15, 22: over TLS the cookie is Secure and named __Host-, answers say HSTS, and pages of our own origin may write', async () => {
  const body = JSON.stringify({ username: uniqueName(), password: PASSWORD });
  const answer = await send('POST', '/auth/register', { origin: 'https://localhost' }, body);
  expect(answer.statusCode).toBe(201);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^__Host-hf_sid=[^;]+;.*\bSecure\b/);
  expect(cookie).toMatch(/Path=\/(;|$)/);
  expect(cookie).not.toMatch(/domain/i);
  expect(answer.headers['strict-transport-security']).toMatch(/max-age=\d{7,}/);
  const me = await send('GET', '/auth/me', { cookie: cookie.split(';')[0] ?? '' });
  expect(me.statusCode).toBe(200);
  const foreign = await send(
    'POST',
    '/todos',
    { cookie: cookie.split(';')[0] ?? '', origin: 'https://evil.example' },
    '{}',
  );
  expect(foreign.statusCode).toBe(403);
});
