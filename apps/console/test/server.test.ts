import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';

const server = join(import.meta.dirname, '../server.mjs');
let running: ChildProcess | undefined;

afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
});

async function start(more: NodeJS.ProcessEnv = {}): Promise<{ child: ChildProcess; url: string }> {
  const env = { PATH: process.env.PATH, PORT: '0', GATEWAY_ADMIN_PORT: '9123', ...more };
  const child = spawn(process.execPath, [server], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  running = child;
  const [ready] = (await once(child, 'message')) as [{ type: string; port: number }];
  expect(ready.type).toBe('ready');
  return { child, url: `http://127.0.0.1:${ready.port}` };
}

/** A request with any Host, which `fetch` would not let us set. */
function ask(url: string, host: string) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
    get(url, { headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    }).on('error', reject);
  });
}

describe("the page's server", () => {
  test('serves the page under a policy that lets nothing foreign in', async () => {
    const { url } = await start();
    for (const host of ['localhost', 'lab.localhost', 'calm.localhost', 'calm.lab.localhost']) {
      const page = await ask(url, `${host}:8080`);
      expect([host, page.status, page.headers['content-security-policy']]).toEqual([
        host,
        200,
        expect.stringContaining("script-src 'self' http://lab.localhost:*;"),
      ]);
      expect(page.headers.vary).toMatch(/host/);
    }
    const response = await fetch(url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('frame-ancestors http://lab.localhost:*');
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('sets and drops the affinity cookie for the page itself, and for no other site', async () => {
    const { url } = await start();
    const ask = (value: unknown, site: string) =>
      fetch(`${url}/affinity-cookie`, {
        method: 'POST',
        headers: { 'sec-fetch-site': site },
        body: JSON.stringify({ value }),
      });
    const forged = await ask('forged.app-1', 'same-origin');
    expect([forged.status, forged.headers.get('set-cookie')]).toEqual([
      ...[204, 'hf_affinity=forged.app-1; Path=/; HttpOnly; SameSite=Lax'],
    ]);
    expect((await ask(null, 'same-origin')).headers.get('set-cookie')).toMatch(/^hf_affinity=;.*Max-Age=0$/);
    expect((await ask('a; Domain=example.com', 'same-origin')).status).toBe(400);
    expect((await ask(null, 'cross-site')).status).toBe(403);
  });

  test('lets browsers keep what has its content in its name, and ask again for the page', async () => {
    const { url } = await start();
    const page = await fetch(url);
    const script = /\/assets\/[^"]+\.js/.exec(await page.text())?.[0] ?? 'none';
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect((await fetch(url + script)).headers.get('cache-control')).toContain('immutable');
  });

  test('U10: script and style are sent compressed, and kept for a year', async () => {
    const { url } = await start();
    const assets = (await (await fetch(url)).text()).match(/\/assets\/[^"]+\.(js|css)/g) ?? [];
    expect(assets.length).toBeGreaterThanOrEqual(2);
    for (const path of assets) {
      for (const encoding of ['br', 'gzip']) {
        const response = await fetch(url + path, { headers: { 'accept-encoding': encoding } });
        expect(response.headers.get('content-encoding')).toBe(encoding);
        expect(response.headers.get('content-type')).toMatch(/javascript|css/);
        expect(response.headers.get('cache-control')).toMatch(/max-age=31536000, immutable/);
        expect(response.headers.get('vary')).toMatch(/accept-encoding/i);
      }
    }
  });

  test("U10: a frame's page takes its script from the lab's origin, so that all frames share one copy", async () => {
    const { url } = await start();
    const pageOf = async (host: string) => (await ask(url, host)).text;
    expect(await pageOf('calm.lab.localhost:8080')).toContain('src="http://lab.localhost:8080/assets/');
    expect(await pageOf('calm.lab.localhost:8080"><script>')).not.toContain('http://lab.localhost');
    expect(await pageOf('calm.localhost:8080')).toContain('src="/assets/');
  });

  test('U10: each place has a page of its own, which names no script that it does not need', async () => {
    const { url } = await start();
    const scripts = async (host: string, path = '/') =>
      [...(await ask(url + path, host)).text.matchAll(/assets\/(\w+)-[^"]+\.js/g)].map(([, name]) => name);
    expect(await scripts('lab.localhost:8080')).toEqual(expect.arrayContaining(['index', 'preact']));
    expect(await scripts('calm.lab.localhost:8080')).toEqual(expect.arrayContaining(['client', 'preact']));
    for (const small of [await scripts('localhost:8080'), await scripts('calm.lab.localhost', '/?actor')])
      expect(small).not.toContain('preact');
  });

  test("a scenario's page is told of that scenario alone", async () => {
    const cards = [{ name: 'calm' }, { name: 'storm' }];
    const { url } = await start({ SCENARIOS: JSON.stringify(cards) });
    const told = async (host: string) => JSON.parse((await ask(`${url}/console-config.json`, host)).text).scenarios;
    expect(await told('calm.lab.localhost:8080')).toEqual([{ name: 'calm' }]);
    expect(await told('lab.localhost:8080')).toEqual(cards);
    expect(await (await fetch(`${url}/console-config.json`)).json()).toMatchObject({ scenarios: cards });
  });

  test('where one scenario runs alone, every host shows its client and nothing that compares', async () => {
    const { url } = await start({ SCENARIOS: JSON.stringify([{ name: 'calm' }]) });
    for (const host of ['localhost:8080', 'lab.localhost:8080', 'storm.localhost:8080', 'shop.example', '[::1]:8080']) {
      const page = (await ask(url, host)).text;
      expect([host, /src="(\/assets\/[a-z]+)-/.exec(page)?.[1]]).toEqual([host, '/assets/client']);
      const told = JSON.parse((await ask(`${url}/console-config.json`, host)).text);
      expect([host, told]).toMatchObject([host, { scenarios: [{ name: 'calm' }], isAlone: true }]);
    }
  });

  test('tells the page where the admin API is', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/console-config.json`);
    expect(await response.json()).toEqual({ adminUrl: 'http://127.0.0.1:9123', scenarios: [], isAlone: false });
  });

  test('is healthy and ready', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test.each([
    ['GET', '/nope', 404],
    ['GET', '/..%2fserver.mjs', 404],
    ['GET', '/%', 404],
    ['POST', '/', 405],
    ['TRACE-LIKE', '/', 400],
  ])('refuses %s %s with %i', async (method, path, status) => {
    const { url } = await start();
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(status);
    if (status !== 400) expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('ends with its parent', async () => {
    const { child } = await start();
    child.disconnect();
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  test('ends on SIGTERM', async () => {
    const { child } = await start();
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  test.each(['x', '70000', '-1'])('names the variable when PORT is %s', async (port) => {
    const child = spawn(process.execPath, [server], { env: { PATH: process.env.PATH, PORT: port }, stdio: 'pipe' });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    expect((await once(child, 'close'))[0]).toBe(1);
    expect(said).toMatch(/^PORT: .+ is not a whole number from 0 to 65535/);
  });
});
