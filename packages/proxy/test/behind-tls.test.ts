import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import express from 'express';
import { parse } from 'yaml';
import { createProxy, type ProxyConfig } from '../src/index.js';
import { alsoEnd, cleanUp } from './support/start-proxy.js';
import { waitFor } from './support/wait-for.js';

afterEach(cleanUp);

const page = readFileSync(fileURLToPath(new URL('../../../docs/behind-tls.md', import.meta.url)), 'utf8');
const hasTools = ['nginx', 'openssl'].every((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0);
if (!hasTools) console.warn('docs/behind-tls.md IS NOT TESTED: nginx and openssl are needed');

function block(language: string): string {
  const text = new RegExp(`\`\`\`${language}\\n([^]+?)\`\`\``).exec(page)?.[1];
  if (text === undefined) throw new Error(`docs/behind-tls.md has no block in ${language}`);
  return text;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startApp(): Promise<number> {
  const app = express();
  new Function('app', block('js'))(app);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  alsoEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function startGateway(appPort: number, change: Partial<ProxyConfig>): Promise<number> {
  const config = parse(block('yaml').replace(':3001', `:${appPort}`).replace('port: 8080', 'port: 0')) as ProxyConfig;
  const proxy = createProxy({ ...config, ...change });
  const { port } = await proxy.listen();
  alsoEnd(() => proxy.close({ graceMs: 0 }));
  return port;
}

async function startNginx(gatewayPort: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hf-tls-'));
  const port = await freePort();
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${folder}/shop.key`, '-out', `${folder}/shop.crt`];
  spawnSync('openssl', ['req', '-x509', '-days', '1', '-subj', '/CN=shop.example', ...key]);
  const server = block('nginx')
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace(':8080', `:${gatewayPort}`)
    .replaceAll('/etc/ssl', folder);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${folder}/${one};`);
  const http = `http { access_log off; ${paths.join(' ')} ${server} }`;
  const frame = `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log; events {}\n${http}`;
  writeFileSync(`${folder}/nginx.conf`, frame);
  const child = spawn('nginx', ['-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], { stdio: 'ignore' });
  alsoEnd(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  await waitFor(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
      }),
  );
  return port;
}

interface Seen {
  readonly cookie: string;
  readonly body: { readonly ip: string; readonly secure: boolean; readonly host: string };
}

function visit(port: number): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'shop.example', 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6' };
    const outgoing = request({ port, host: '127.0.0.1', rejectUnauthorized: false, headers }, (answer) => {
      let text = '';
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve({ cookie: String(answer.headers['set-cookie']), body: JSON.parse(text) }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

(hasTools ? test : test.skip)(
  'P12: behind nginx, as the page says, the app sees https and sends a Secure cookie',
  async () => {
    const appPort = await startApp();
    const seen = await visit(await startNginx(await startGateway(appPort, {})));
    expect(seen.cookie).toMatch(/; Secure/);
    expect(seen.body).toEqual({ ip: '127.0.0.1', secure: true, host: 'shop.example' });
  },
);

(hasTools ? test : test.skip)('P12: without trustedProxies it does not', async () => {
  const appPort = await startApp();
  const seen = await visit(await startNginx(await startGateway(appPort, { trustedProxies: [] })));
  expect(seen.cookie).not.toMatch(/Secure/);
  expect(seen.body.secure).toBe(false);
});
