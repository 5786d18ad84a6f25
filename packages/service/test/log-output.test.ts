import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@holdfast/testing';
import { afterEach, expect, jest, test } from '@jest/globals';

const trial = fileURLToPath(new URL('./support/trial-service.mjs', import.meta.url));
jest.setTimeout(60_000);

const started: ChildProcess[] = [];
const opened: number[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const fd of opened.splice(0)) closeSync(fd);
});

/** `stdout` and `stderr` as `spawn` takes them. Only the test itself reads a pipe. */
async function start(stdout: 'pipe' | number, stderr: 'pipe' | number = 'pipe') {
  const stdio: StdioOptions = ['ignore', stdout, stderr, 'ipc'];
  const child = spawn(process.execPath, [trial], {
    env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'debug', SHUTDOWN_DRAIN_MS: '0' },
    stdio,
  });
  started.push(child);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, errors: () => errors, base: `http://127.0.0.1:${port}` };
}

async function end(child: ChildProcess): Promise<unknown> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  return (await exited)[0];
}

async function droppedOf(base: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(/^log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

function fullDisk(): number {
  const fd = openSync('/dev/full', 'w');
  opened.push(fd);
  return fd;
}

/** More log lines than any pipe holds. */
async function askOften(base: string): Promise<void> {
  const path = `/${'x'.repeat(6000)}`;
  for (let round = 0; round < 60; round++) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(`${base}${path}`)));
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      await answer.body?.cancel();
    }
  }
}

test('U14: a service whose stdout is a full disk listens, serves, says so once and ends on SIGTERM', async () => {
  const { child, errors, base } = await start(fullDisk());
  for (let i = 0; i < 20; i++) expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect(await droppedOf(base)).toBeGreaterThan(10);
  expect(await end(child)).toBe(0);
  expect(errors().match(/Log lines are dropped/g)).toHaveLength(1);
  expect(errors()).toContain('ENOSPC');
});

test('U14: a service whose stdout is a pipe that nobody reads serves on and counts what it dropped', async () => {
  const { child, errors, base } = await start('pipe');
  await askOften(base);
  expect(await droppedOf(base)).toBeGreaterThan(0);
  expect(await end(child)).toBe(0);
  expect(errors().match(/Log lines are dropped/g)).toHaveLength(1);
});

test('U14: a service whose stdout was closed by its reader serves on', async () => {
  const { child, errors, base } = await start('pipe');
  child.stdout?.destroy();
  for (let i = 0; i < 20; i++) expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect(await droppedOf(base)).toBeGreaterThan(0);
  expect(await end(child)).toBe(0);
  expect(errors().match(/Log lines are dropped/g)).toHaveLength(1);
});

test('U14: a service whose stdout and stderr are both a full disk serves and ends on SIGTERM', async () => {
  const { child, base } = await start(fullDisk(), fullDisk());
  for (let i = 0; i < 20; i++) expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect(await end(child)).toBe(0);
});

test('U14: a reader that takes its time gets every line that was not dropped, whole', async () => {
  const { child, base } = await start('pipe');
  await askOften(base);
  const dropped = await droppedOf(base);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await waitFor(async () => {
    await fetch(`${base}/healthz`);
    return text.endsWith('\n') && text.includes('/healthz');
  });
  const lines = text.trim().split('\n');
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ service: 'trial' });
  expect(dropped).toBeGreaterThan(0);
  expect(await end(child)).toBe(0);
});
