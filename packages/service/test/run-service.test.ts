import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@holdfast/testing';
import { afterEach, describe, expect, jest, test } from '@jest/globals';

const trial = fileURLToPath(new URL('./support/trial-service.mjs', import.meta.url));
// A process takes a second to start, and several on a busy machine.
jest.setTimeout(30_000);

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

interface Process {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The next message of this type. */
  readonly told: (type: string) => Promise<{ port: number }>;
  readonly exited: Promise<unknown[]>;
}

function run(env: NodeJS.ProcessEnv = {}): Process {
  const child = spawn(process.execPath, [trial], {
    env: { PATH: process.env.PATH, PORT: '0', INSTANCE_ID: 'trial-1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return {
    child,
    output: () => output,
    told: (type) =>
      new Promise((resolve) => {
        child.on('message', (message) => {
          const told = message as { type: string; port: number };
          if (told.type === type) resolve(told);
        });
      }),
    exited: once(child, 'close'),
  };
}

describe('a service process', () => {
  test('tells its parent the port, finishes the request in flight on SIGTERM, and exits with 0', async () => {
    const { child, told, exited, output } = run();
    const { port } = await told('ready');
    const begun = told('slow');
    const slow = fetch(`http://127.0.0.1:${port}/slow`);
    await begun;
    child.kill('SIGTERM');
    expect(await (await slow).json()).toEqual({ done: true });
    expect(await exited).toEqual([0, null]);
    const lines = output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({ level: 'info', service: 'trial', instance: 'trial-1', msg: 'ready', port });
  });

  test('is neither ready nor live from SIGTERM on, while it still answers', async () => {
    const { child, told, exited } = run({ SHUTDOWN_DRAIN_MS: '2000' });
    const { port } = await told('ready');
    child.kill('SIGTERM');
    const statuses = new Set<number>();
    for (;;) {
      const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (ready === undefined) break;
      statuses.add(ready.status);
      if (ready.status === 503) {
        expect(ready.headers.get('connection')).toBe('close');
        // The port may close between the two.
        const live = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
        expect([503, undefined]).toContain(live?.status);
      }
    }
    expect(statuses).toContain(503);
    expect(await exited).toEqual([0, null]);
  });

  test('cuts off requests that do not end in time', async () => {
    const { child, told, exited } = run({ SHUTDOWN_TIMEOUT_MS: '200', SHUTDOWN_DRAIN_MS: '0' });
    const { port } = await told('ready');
    const begun = told('stuck');
    const stuck = fetch(`http://127.0.0.1:${port}/stuck`).catch(() => 'cut');
    await begun;
    const startedAt = performance.now();
    child.kill('SIGTERM');
    await exited;
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(await stuck).toBe('cut');
  });

  test('ends when its parent is gone', async () => {
    const { child, told } = run();
    await told('ready');
    // `exit` and not `close`: a parent that disconnected never receives `close`.
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'U12: ends with the npm that started it, on %s to npm alone',
    async (signal) => {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-npm-'));
      const scripts = { start: `exec "${process.execPath}" "${trial}"` };
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'trial', version: '1.0.0', scripts }));
      const npm = spawn('npm', ['start', '--silent'], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', SHUTDOWN_DRAIN_MS: '0' },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      started.push(npm);
      const [line] = (await once(npm.stdout, 'data')) as [Buffer];
      const { port } = JSON.parse(String(line)) as { port: number };
      const answers = () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          () => true,
          () => false,
        );
      expect(await answers()).toBe(true);
      npm.kill(signal);
      await waitFor(async () => !(await answers()), { timeoutMs: 20_000 });
      rmSync(folder, { recursive: true });
    },
  );

  test('names the port that is taken and the variable to change', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exited, output } = run({ PORT: String(port) });
    expect(await exited).toEqual([1, null]);
    expect(output()).toContain(`Port ${port} is taken: set PORT`);
    server.close();
  });

  test('names every wrong variable before it does anything', async () => {
    const { exited, output } = run({ PORT: 'x', LOG_LEVEL: 'loud' });
    expect(await exited).toEqual([1, null]);
    expect(output()).toMatch(/LOG_LEVEL: must be [\s\S]*PORT: must be |PORT: must be [\s\S]*LOG_LEVEL: must be /);
  });

  test('writes the request id into its log', async () => {
    const { child, told, exited, output } = run({ LOG_LEVEL: 'debug' });
    const { port } = await told('ready');
    await fetch(`http://127.0.0.1:${port}/healthz?token=hunter2`, { headers: { 'x-request-id': 'trace-7' } });
    child.kill('SIGTERM');
    await exited;
    expect(output()).toMatch(/"requestId":"trace-7".*"path":"\/healthz"/);
    expect(output()).not.toContain('hunter2');
  });
});
