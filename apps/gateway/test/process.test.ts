import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Destination, startDestination } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { call } from './support/gateway-under-test.js';
import { waitFor } from './support/wait-for.js';

const bin = join(import.meta.dirname, '../bin/holdfast-gateway.js');
let directory: string;
let path: string;
let destinations: readonly Destination[];
let running: ChildProcess | undefined;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-gateway-'));
  path = join(directory, 'gateway.yaml');
  destinations = await Promise.all(
    ['one', 'two'].map((name) => startDestination((_request, response) => void response.end(name))),
  );
});
afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  await Promise.all(destinations.map((destination) => destination.stop()));
  rmSync(directory, { recursive: true, force: true });
});

function write(destination: number, more = ''): void {
  const url = destinations[destination]?.url;
  const text = `listen: { port: 0 }\nadmin: { port: 0 }\nupstreams: { app: { destinations: [{ id: app-1, url: '${url}' }] } }\nroutes: [{ upstream: app }]\n${more}`;
  // Replaced by a rename, as editors and deployments do.
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function launch(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [bin, ...words], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output.text += chunk));
  return { child, output };
}

async function start(env: NodeJS.ProcessEnv = {}) {
  const { child, output } = launch([path], env);
  running = child;
  const [ready] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(output.text))),
  ])) as [{ type: string; port: number; adminPort: number }];
  return { child, output, ready, answer: async () => (await call(ready.port, 'GET', '/')).text };
}

describe('the gateway as a process', () => {
  test('says that it is ready with its ports, and serves', async () => {
    write(0);
    const { ready, answer } = await start();
    expect(ready).toMatchObject({ type: 'ready', port: expect.any(Number), adminPort: expect.any(Number) });
    expect(await answer()).toBe('one');
  });

  test('takes a changed file without being told', async () => {
    write(0);
    const { answer } = await start();
    write(1);
    await waitFor(async () => (await answer()) === 'two');
  });

  test('takes a changed file on SIGHUP', async () => {
    write(0);
    const { child, answer } = await start();
    write(1);
    child.kill('SIGHUP');
    await waitFor(async () => (await answer()) === 'two');
  });

  test('keeps the old file when the new one has mistakes, and says all of them', async () => {
    write(0);
    const { child, output, answer } = await start();
    write(1, 'colour: red\nlimits: { maxHeaders: 0 }\n');
    child.kill('SIGHUP');
    await waitFor(() => output.text.includes('not reloaded'));
    expect(output.text).toMatch(/colour is not a setting/);
    expect(output.text).toMatch(/limits\.maxHeaders/);
    expect(await answer()).toBe('one');
  });

  test('logs each request as a JSON line when asked to, without its query', async () => {
    write(0);
    const { output, ready } = await start({ GATEWAY_ACCESS_LOG: 'true' });
    await call(ready.port, 'GET', '/some/path?token=secret');
    const line = await waitFor(() => output.text.split('\n').find((text) => text.includes('"access"')));
    expect(JSON.parse(line)).toMatchObject({
      path: '/some/path',
      status: 200,
      timings: { totalMs: expect.any(Number) },
    });
    expect(output.text).not.toContain('secret');
  });

  test('knows its clients again after it was killed and started anew', async () => {
    const places = destinations.map(({ url }, i) => `{ id: app-${i + 1}, url: '${url}' }`).join(', ');
    writeFileSync(
      path,
      `listen: { port: 0 }\nadmin: { port: 0 }\naffinitySecrets: [a-secret-of-sufficient-length]\nroutes: [{ upstream: app }]
upstreams: { app: { affinity: { cookie: aff }, destinations: [${places}] } }`,
    );
    const before = await start();
    const bound = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { headers, text } = await call(before.ready.port, 'GET', '/');
        return { cookie: String(headers['set-cookie']).split(';')[0] ?? '', home: text };
      }),
    );
    expect(new Set(bound.map(({ home }) => home))).toEqual(new Set(['one', 'two']));
    before.child.kill('SIGKILL');
    await once(before.child, 'exit');
    const { ready } = await start();
    for (const { cookie, home } of bound) {
      const again = await call(ready.port, 'GET', '/', { headers: { cookie } });
      expect([again.text, again.headers['set-cookie']]).toEqual([home, undefined]);
    }
  });

  describe('with several workers', () => {
    /** As the log has them. */
    const workersOf = async (output: { readonly text: string }): Promise<readonly number[]> => {
      const line = await waitFor(() => output.text.split('\n').find((text) => text.includes('"workers"')));
      return (JSON.parse(line) as { workers: number[] }).workers;
    };
    const isAlive = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };

    test('serves, reloads and counts as with one', async () => {
      write(0, 'workers: 2\n');
      const { child, output, ready, answer } = await start();
      expect(await workersOf(output)).toHaveLength(2);
      expect(await answer()).toBe('one');
      write(1, 'workers: 2\n');
      // Every request comes on a connection of its own, and connections go to the workers in turn.
      await waitFor(
        async () => [await answer(), await answer(), await answer(), await answer()].join() === 'two,two,two,two',
      );
      await waitFor(async () => {
        const { text } = await call(ready.adminPort, 'GET', '/metrics');
        return /^holdfast_proxy_workers 2$/m.test(text) && /^holdfast_proxy_requests_total [1-9]/m.test(text);
      });
      child.kill('SIGTERM');
      expect((await once(child, 'exit'))[0]).toBe(0);
    });

    test('leaves none of them behind, even when it is killed itself', async () => {
      write(0, 'workers: 2\n');
      const { child, output } = await start();
      const workers = await workersOf(output);
      expect(workers.map(isAlive)).toEqual([true, true]);
      child.kill('SIGKILL');
      await waitFor(() => !workers.some(isAlive));
    });

    test('P23: a frozen one is noticed, logged and replaced, and /readyz says so meanwhile', async () => {
      write(0, 'workers: 2\n');
      const { output, ready, answer } = await start();
      const [frozen = 0] = await workersOf(output);
      process.kill(frozen, 'SIGSTOP');
      const readiness = async () => (await call(ready.adminPort, 'GET', '/readyz')).status;
      await waitFor(async () => (await readiness()) === 503);
      expect((await call(ready.adminPort, 'GET', '/readyz')).text).toContain('workers');
      await waitFor(() => output.text.includes('killed: no answer for 5 seconds'));
      await waitFor(async () => (await readiness()) === 200);
      expect(isAlive(frozen)).toBe(false);
      for (let i = 0; i < 4; i++) expect(await answer()).toBe('one');
      expect((await call(ready.adminPort, 'GET', '/metrics')).text).toMatch(
        /^holdfast_proxy_worker_restarts_total 1$/m,
      );
    });

    test('refuses a number it cannot have, before it starts any', async () => {
      write(0, 'workers: many\n');
      const { child, output } = launch([path, '--check']);
      expect((await once(child, 'exit'))[0]).toBe(1);
      expect(output.text).toMatch(/workers: .+\n {4}for example: auto/);
    });
  });

  describe('U14: whose log is not taken', () => {
    const answering = async (port: number): Promise<void> => {
      for (let i = 0; i < 200; i++) expect((await call(port, 'GET', `/${'x'.repeat(2000)}`)).text).toBe('one');
    };
    const droppedOf = async (port: number): Promise<number> =>
      Number(/^log_lines_dropped_total (\d+)$/m.exec((await call(port, 'GET', '/metrics')).text)?.[1]);
    const launchWith = async (stdout: 'pipe' | number, stderr: 'pipe' | number, more: string) => {
      write(0, more);
      const child = spawn(process.execPath, [bin, path], {
        env: { PATH: process.env.PATH, GATEWAY_ACCESS_LOG: 'true' },
        stdio: ['ignore', stdout, stderr, 'ipc'],
      });
      running = child;
      let errors = '';
      child.stderr?.on('data', (chunk) => (errors += chunk));
      const [ready] = (await once(child, 'message')) as [{ port: number; adminPort: number }];
      return { child, ready, errors: () => errors };
    };
    const endOf = async (child: ChildProcess) => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      return (await exited)[0];
    };

    test.each(['', 'workers: 2\n'])(
      'U14: a full disk: it serves, counts, says so once, and ends (%j)',
      async (more) => {
        const full = openSync('/dev/full', 'w');
        const { child, ready, errors } = await launchWith(full, 'pipe', more);
        await answering(ready.port);
        await waitFor(async () => (await droppedOf(ready.adminPort)) > 150);
        expect(await endOf(child)).toBe(0);
        expect(errors().match(/Log lines are dropped/g)).toHaveLength(1);
        closeSync(full);
      },
    );

    test('U14: a full disk for stderr too: it serves and ends', async () => {
      const full = openSync('/dev/full', 'w');
      const { child, ready } = await launchWith(full, full, '');
      await answering(ready.port);
      expect(await endOf(child)).toBe(0);
      closeSync(full);
    });

    test.each(['', 'workers: 2\n'])('U14: a pipe that nobody reads: it serves, counts and ends (%j)', async (more) => {
      const { child, ready, errors } = await launchWith('pipe', 'pipe', more);
      while (!((await droppedOf(ready.adminPort)) > 0)) await answering(ready.port);
      expect(await endOf(child)).toBe(0);
      expect(errors().match(/Log lines are dropped/g)).toHaveLength(1);
    });

    test('U14: a pipe that was closed: it serves, counts and ends', async () => {
      const { child, ready } = await launchWith('pipe', 'pipe', '');
      child.stdout?.destroy();
      await answering(ready.port);
      expect(await droppedOf(ready.adminPort)).toBeGreaterThan(150);
      expect(await endOf(child)).toBe(0);
    });
  });

  test('ends with its parent', async () => {
    write(0);
    const { child } = await start();
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test('ends with a parent that is gone before it is ready', async () => {
    write(0);
    const { child } = launch([path]);
    running = child;
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('U12: ends with the npx that started it, on %s', async (signal) => {
    write(0);
    const npx = spawn('npx', ['--no-install', 'holdfast-gateway', path], {
      cwd: join(import.meta.dirname, '../../..'),
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = npx;
    let text = '';
    for (const stream of [npx.stdout, npx.stderr]) stream.on('data', (chunk) => (text += chunk));
    const line = await waitFor(() => text.split('\n').find((each) => each.includes('"ready"')));
    const { port } = JSON.parse(line) as { port: number };
    npx.kill(signal);
    const isOpen = () =>
      call(port, 'GET', '/').then(
        () => true,
        () => false,
      );
    await waitFor(async () => !(await isOpen()));
  });

  test('ends on SIGTERM even while someone watches the live view', async () => {
    write(0);
    const { child, ready } = await start();
    const watching = await fetch(`http://127.0.0.1:${ready.adminPort}/events`);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await watching.body?.cancel().catch(() => undefined);
  });

  test.each(['203.0.113.7', 'no-such-host.invalid'])(
    'P17: a listen.host that is no address of this machine is named: %s',
    async (host) => {
      write(0, `limits: { maxConnections: 100 }\n`);
      writeFileSync(path, readFileSync(path, 'utf8').replace('{ port: 0 }', `{ port: 0, host: ${host} }`));
      const { child, output } = launch([path]);
      expect((await once(child, 'exit'))[0]).toBe(1);
      expect(output.text).toContain(`listen.host: "${host}" is no address of this machine`);
      expect(output.text).not.toContain('GATEWAY_PORT');
    },
  );

  test('P17: --version tells the version, whatever the environment holds', async () => {
    const { child, output } = launch(['--version'], { GATEWAY_PORT: 'nonsense' });
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(output.text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('P17: mistakes of the environment and of the file are reported together', async () => {
    write(0, 'colour: red\n');
    const { child, output } = launch([path], { GATEWAY_PORT: 'nonsense' });
    expect((await once(child, 'exit'))[0]).toBe(1);
    expect(output.text).toMatch(/GATEWAY_PORT: must be a port/);
    expect(output.text).toMatch(/colour: is not a setting/);
  });

  test('P13: a missing affinity secret is a warning at start and in --check', async () => {
    write(0);
    const text = readFileSync(path, 'utf8').replace('app: {', 'app: { affinity: { cookie: aff },');
    writeFileSync(path, text);
    const check = launch([path, '--check']);
    expect((await once(check.child, 'exit'))[0]).toBe(0);
    expect(check.output.text).toMatch(/warning: affinitySecrets is not set/);
    const { output } = await start();
    await waitFor(() => /"level":"warn".*affinitySecrets is not set/.test(output.text));
  });

  test('P21: too few descriptors for maxConnections are a warning that says what to set', async () => {
    write(0);
    const child = spawn('bash', ['-c', `ulimit -n 1024; exec ${process.execPath} ${bin} ${path}`], {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    await waitFor(() => text.includes('"ready"'));
    expect(text).toMatch(
      /limits.maxConnections: 20000 .* 40128 descriptors .* open 1024\..*set limits.maxConnections to 448/,
    );
  });

  test('P21: so few descriptors that the code cannot be loaded are named', async () => {
    write(0);
    const child = spawn('bash', ['-c', `ulimit -n 32; exec ${process.execPath} ${bin} ${path}`]);
    let text = '';
    child.stderr.on('data', (chunk) => (text += chunk));
    expect((await once(child, 'close'))[0]).toBe(1);
    expect(text).toMatch(/^The gateway could not start. This process may open 32 files and needs 128 or more/);
  });

  test.each([
    ['GATEWAY_PORT', 'traffic'],
    ['GATEWAY_ADMIN_PORT', 'admin'],
  ])('names a taken port and %s', async (variable) => {
    write(0);
    const taken = destinations[0]?.port;
    const { child, output } = launch([path], { [variable]: String(taken) });
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output.text).toContain(`Port ${taken} is taken: set ${variable} to another one.`);
  });

  test('checks a file and says every mistake with its path and an example', async () => {
    write(0);
    const good = launch([path, '--check']);
    expect((await once(good.child, 'exit'))[0]).toBe(0);
    write(0, 'colour: red\nscenarios: { active: 1 }\n');
    const bad = launch([path, '--check']);
    expect((await once(bad.child, 'exit'))[0]).toBe(1);
    expect(bad.output.text).toMatch(/has 2 mistakes/);
    expect(bad.output.text).toMatch(/scenarios\.active: .+\n {4}for example: round-robin-cached/);
  });
});
