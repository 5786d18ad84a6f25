import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isAlive, isPortFree } from '@holdfast/fleet';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const script = join(import.meta.dirname, '../bin/start.mjs');

interface Started {
  readonly child: ChildProcess;
  /** Everything it wrote so far. */
  output(): string;
  readonly port: number;
  readonly adminPort: number;
}

let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const port = Number(env.GATEWAY_PORT ?? (await freePort()));
  const adminPort = Number(env.GATEWAY_ADMIN_PORT ?? (await freePort(new Set([port]))));
  const { REDIS_URL: _redis, MEMCACHED_URL: _memcached, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...flags], {
    env: {
      ...inherited,
      DATA_DIR: dataDir,
      REPLICAS: '1',
      GATEWAY_PORT: String(port),
      GATEWAY_ADMIN_PORT: String(adminPort),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let text = '';
  const collect = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return { child, output: () => text, port, adminPort };
}

async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); ) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function startReady(flags: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const started = await start(flags, env);
  await until('ready', () => {
    if (started.child.exitCode !== null) throw new Error(`it ended: ${started.output()}`);
    return started.output().includes('ready  ');
  });
  return started;
}

/** Every process below this one, found by walking /proc. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (parent: number): number[] =>
    [...parents].filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly cookies: readonly string[];
  /** Where the answer's session came from. */
  readonly session: string | undefined;
}

/** One request to a scenario; names under localhost need no name server this way. */
function ask(
  port: number,
  scenario: string,
  method: string,
  path: string,
  options: { body?: unknown; cookie?: string } = {},
) {
  return new Promise<Answer>((resolve, reject) => {
    const headers = {
      host: `${scenario}.localhost:${port}`,
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.cookie !== undefined && { cookie: options.cookie }),
    };
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => {
        const cookies = (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
        const session = response.headers['x-session'];
        resolve({ status: response.statusCode ?? 0, body, cookies, session: session?.toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

async function expectNothingLeft(
  { port, adminPort }: Pick<Started, 'port' | 'adminPort'>,
  pids: readonly number[],
): Promise<void> {
  await until('every process ends', () => !pids.some(isAlive), 20_000);
  expect(await isPortFree(port)).toBe(true);
  expect(await isPortFree(adminPort)).toBe(true);
  // What stays is data: Redis' own file and the secret that signs its sessions' cookies.
  const data = () => readdirSync(dataDir).sort().join();
  await until('only data is left', () => data() === 'redis,session-secret');
}

describe('npm start', () => {
  test('one login works on every service, and Ctrl-C leaves nothing behind', async () => {
    const started = await startReady(['--scenarios', 'round-robin-cached']);
    expect(started.output().trimEnd().split('\n')).toContain(`ready  http://localhost:${started.port}`);
    const pids = descendants(started.child.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(6);

    const here = (method: string, path: string, options = {}) =>
      ask(started.port, 'round-robin-cached', method, path, options);
    const credentials = { username: 'ada', password: 'a long enough passphrase' };
    const registered = await here('POST', '/auth/register', { body: credentials });
    expect(registered.status).toBe(201);
    const cookie = registered.cookies.join('; ');
    expect((await here('GET', '/auth/me', { cookie })).status).toBe(200);
    expect((await here('POST', '/todos', { body: { title: 'tea' }, cookie })).status).toBe(201);
    expect((await here('GET', '/todos', { cookie })).body).toContain('tea');
    expect((await here('GET', '/chat/rooms/lobby/messages', { cookie })).status).toBe(200);
    expect((await here('GET', '/todos')).status).toBe(401);

    const other = await ask(started.port, 'round-robin-shared', 'GET', '/auth/me');
    expect([other.status, other.body]).toEqual([503, expect.stringContaining('--scenarios round-robin-shared')]);

    started.child.kill('SIGINT');
    expect(await once(started.child, 'exit')).toEqual([0, null]);
    await expectNothingLeft(started, pids);
  }, 180_000);

  test('a replica added by the fleet API gets requests, and kill -9 of everything above it leaves nothing behind', async () => {
    const started = await startReady(['--scenarios', 'round-robin-local']);
    const scaled = await fetch(`http://127.0.0.1:${started.adminPort}/fleet/monolith/scale`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ replicas: 2 }),
    });
    expect(scaled.status).toBe(200);
    const upstreams = await (await fetch(`http://127.0.0.1:${started.adminPort}/upstreams`)).text();
    expect(upstreams).toContain('monolith-2');
    const pids = descendants(started.child.pid ?? 0);
    started.child.kill('SIGKILL');
    await once(started.child, 'exit');
    await expectNothingLeft(started, pids);
  }, 180_000);

  test('U7, U1: the page is back after it was scaled to 0 and to 1, and Redis is in the list of processes', async () => {
    const started = await startReady(['--scenario', 'round-robin-local']);
    const page = async () => (await ask(started.port, 'round-robin-local', 'GET', '/')).status;
    const scale = (app: string, replicas: number) =>
      fetch(`http://127.0.0.1:${started.adminPort}/fleet/${app}/scale`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ replicas }),
      });
    for (const app of ['console', 'monolith']) {
      expect((await scale(app, 0)).status).toBe(200);
      expect((await scale(app, 1)).status).toBe(200);
    }
    await until('the page is back', async () => (await page()) === 200, 10_000);
    await until(
      'the application is back',
      async () => (await ask(started.port, 'round-robin-local', 'GET', '/auth/me')).status === 401,
      10_000,
    );
    const fleet = (await (await fetch(`http://127.0.0.1:${started.adminPort}/fleet`)).json()) as {
      processes: { id: string; state: string; pid: number }[];
    };
    expect(fleet.processes.find(({ id }) => id === 'redis')?.state).toBe('ready');
  }, 180_000);

  test('the scenarios of the lab run side by side: one server, todos in server memory, sessions in Memcached', async () => {
    const scenarios = ['single-local', 'round-robin-local-todos', 'sticky-cookie-local-todos', 'round-robin-memcached'];
    const started = await startReady(['--scenarios', scenarios.join()], { REPLICAS: '2' });
    const { processes } = (await (await fetch(`http://127.0.0.1:${started.adminPort}/fleet`)).json()) as {
      processes: { id: string; fleet: string; state: string; pid: number }[];
    };
    expect(processes.filter(({ pid }) => !isAlive(pid))).toEqual([]);
    expect(processes.find(({ id }) => id === 'gateway-1')).toMatchObject({ fleet: 'edge', state: 'ready' });
    const slow = await fetch(`http://127.0.0.1:${started.adminPort}/stores/redis/slow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ms: 5 }),
    });
    expect(slow.status).toBe(409);
    for (const action of ['restart', 'kill']) {
      const before = await gatewayPid(started.adminPort);
      const told = await fetch(`http://127.0.0.1:${started.adminPort}/fleet/gateway-1/${action}`, { method: 'POST' });
      expect([action, told.status]).toEqual([action, 200]);
      await until(`the gateway is back after ${action}`, async () => {
        const pid = await gatewayPid(started.adminPort).catch(() => undefined);
        return pid !== undefined && pid !== before;
      });
    }
    expect(await slow.text()).toContain('npm start -- --redis-proxy');
    const idsOf = (fleet: string) => processes.filter((each) => each.fleet === fleet).map(({ id }) => id);
    expect(idsOf('single')).toEqual(['single-monolith-1']);
    expect(idsOf('local-todos')).toHaveLength(6);
    expect(idsOf('memcached')).toHaveLength(6);
    expect(idsOf('stores')).toEqual(['redis', 'memcached']);

    const credentials = { username: 'ada', password: 'a long enough passphrase' };
    for (const scenario of scenarios) {
      const jar = new Map<string, string>();
      const here = async (method: string, path: string, body?: unknown) => {
        const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
        const answer = await ask(started.port, scenario, method, path, {
          ...(body !== undefined && { body }),
          ...(cookie !== '' && { cookie }),
        });
        for (const each of answer.cookies) jar.set(each.split('=', 1)[0] ?? '', each.slice(each.indexOf('=') + 1));
        return answer;
      };
      // Both scenarios of the fleet local-todos have the same accounts.
      const registered = await here('POST', '/auth/register', credentials);
      if (registered.status === 409) expect((await here('POST', '/auth/login', credentials)).status).toBe(200);
      else expect(registered.status).toBe(201);
      expect((await here('POST', '/todos', { title: 'tea' })).status).toBe(201);
      const lists = [];
      for (let request = 0; request < 4; request++) {
        expect((await here('GET', '/auth/me')).status).toBe(200);
        lists.push((await here('GET', '/todos')).body.includes('tea'));
      }
      const { status, session } = await here('GET', '/chat/rooms/lobby/messages');
      expect(status).toBe(200);
      const stores = { 'single-local': 'memory', 'round-robin-memcached': 'memcached' } as Record<string, string>;
      expect(session).toBe(`${stores[scenario] ?? 'redis'};read`);
      // The seeds' picture: logged in everywhere, and the todos come and go.
      const seen = scenario === 'round-robin-local-todos' ? [true, false] : [true];
      expect([scenario, new Set(lists)]).toEqual([scenario, new Set(seen)]);
    }
    const pids = descendants(started.child.pid ?? 0);
    started.child.kill('SIGINT');
    expect(await once(started.child, 'exit')).toEqual([0, null]);
    await expectNothingLeft(started, pids);
  }, 300_000);

  async function gatewayPid(adminPort: number): Promise<number | undefined> {
    const { processes } = (await (await fetch(`http://127.0.0.1:${adminPort}/fleet`)).json()) as {
      processes: { id: string; pid: number | null }[];
    };
    return processes.find(({ id }) => id === 'gateway-1')?.pid ?? undefined;
  }

  // `npm test` says loudly when it could not be had.
  (process.env.TOXIPROXY_BIN === undefined ? test.skip : test)(
    'behind a proxy Redis is made slow and fast again through the admin API',
    async () => {
      const started = await startReady(['--scenarios', 'round-robin-shared', '--redis-proxy']);
      const post = (path: string, body: object = {}) =>
        fetch(`http://127.0.0.1:${started.adminPort}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const credentials = { username: 'ada', password: 'a long enough passphrase' };
      const { cookies } = await ask(started.port, 'round-robin-shared', 'POST', '/auth/register', {
        body: credentials,
      });
      const readMs = async () => {
        const startedAt = performance.now();
        const cookie = cookies.join('; ');
        expect((await ask(started.port, 'round-robin-shared', 'GET', '/todos', { cookie })).status).toBe(200);
        return performance.now() - startedAt;
      };
      const slowed = await post('/stores/redis/slow', { ms: 100 });
      expect(await slowed.json()).toMatchObject({ id: 'redis', addedLatencyMs: 100 });
      // The session and the todos: two round trips.
      expect(await readMs()).toBeGreaterThanOrEqual(190);
      expect(await (await post('/stores/redis/slow', { ms: 0 })).json()).toMatchObject({ addedLatencyMs: 0 });
      await until('it is fast again', async () => (await readMs()) < 190);
      expect((await post('/stores/redis/pause')).status).toBe(200);
      expect((await post('/stores/redis/resume')).status).toBe(200);
      const pids = descendants(started.child.pid ?? 0);
      started.child.kill('SIGINT');
      expect(await once(started.child, 'exit')).toEqual([0, null]);
      await expectNothingLeft(started, pids);
    },
    180_000,
  );

  test('kill -9 of the npm that started it ends it', async () => {
    const port = await freePort();
    const adminPort = await freePort(new Set([port]));
    const ports = { GATEWAY_PORT: String(port), GATEWAY_ADMIN_PORT: String(adminPort) };
    const asNpmDoes = `"${process.execPath}" "${script}" --scenarios round-robin-local; exit`;
    const { REDIS_URL: _, ...inherited } = process.env;
    const shell = spawn('sh', ['-c', asNpmDoes], {
      env: { ...inherited, ...ports, DATA_DIR: dataDir, REPLICAS: '1', npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(shell);
    const [first] = await Promise.race([once(shell.stdout, 'data'), once(shell, 'exit')]);
    expect(String(first)).toContain('ready');
    const pids = descendants(shell.pid ?? 0);
    shell.kill('SIGKILL');
    await expectNothingLeft({ port, adminPort }, pids);
  }, 180_000);

  test('npm passes SIGINT on, though it alone received it', async () => {
    const port = await freePort();
    const adminPort = await freePort(new Set([port]));
    const { REDIS_URL: _, ...inherited } = process.env;
    const ports = { GATEWAY_PORT: String(port), GATEWAY_ADMIN_PORT: String(adminPort) };
    const npm = spawn('npm', ['start', '--silent', '--', '--scenarios', 'round-robin-local'], {
      cwd: join(import.meta.dirname, '../..'),
      env: { ...inherited, ...ports, DATA_DIR: dataDir, REPLICAS: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(npm);
    const [first] = await Promise.race([once(npm.stdout, 'data'), once(npm, 'exit')]);
    expect(String(first)).toContain('ready');
    const pids = descendants(npm.pid ?? 0);
    npm.kill('SIGINT');
    await once(npm, 'exit');
    await expectNothingLeft({ port, adminPort }, pids);
  }, 180_000);

  test('S9: in production, secrets that are easy to guess are refused before anything starts, and not repeated', async () => {
    const weak = 'change-me-in-production';
    const production = { NODE_ENV: 'production', SESSION_SECURE: 'false' };
    const { child, output } = await start([], { ...production, SESSION_SECRETS: `aaaaaaaaaaaaaaaa,${weak}` });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output()).toBe(
      'SESSION_SECRETS: number 1 has too few different characters; use a random one, such as `openssl rand -base64 32` prints\n' +
        'SESSION_SECRETS: number 2 is like a well-known example; use a random one, such as `openssl rand -base64 32` prints\n',
    );
    expect(readdirSync(dataDir)).toEqual([]);
  }, 60_000);

  test('started twice, the second says which port is taken and what to change', async () => {
    const first = await startReady(['--scenarios', 'round-robin-local']);
    const samePorts = { GATEWAY_PORT: String(first.port), GATEWAY_ADMIN_PORT: String(first.adminPort) };
    const second = await start([], samePorts);
    expect(await once(second.child, 'close')).toEqual([1, null]);
    expect(second.output()).toContain(`GATEWAY_PORT ${first.port}`);
    expect(second.output().trimEnd().split('\n')).toHaveLength(1);
  }, 180_000);

  test.each(['GATEWAY_PORT', 'GATEWAY_ADMIN_PORT'])(
    '%s taken by another program is one clear line',
    async (variable) => {
      const squatter = createServer().listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const address = squatter.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const started = await start([], { [variable]: String(port) });
      expect(await once(started.child, 'close')).toEqual([1, null]);
      expect(started.output()).toMatch(new RegExp(`^Port ${port} is taken.*${variable}=\\d+ npm start\\n$`));
      squatter.close();
    },
  );
});
