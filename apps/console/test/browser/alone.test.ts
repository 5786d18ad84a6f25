import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { launchChromium } from '@holdfast/testing';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

jest.setTimeout(60_000);

const CARD = {
  ...{ name: 'sticky-cookie-local', title: 'Sticky cookie, server memory', story: 'A cookie binds you to one server.' },
  ...{ expect: null, routing: 'Sticky cookie', policy: 'round-robin', affinity: true },
  ...{ state: 'Server memory', store: 'memory', todos: 'memory', fleet: 'monolith' },
};

let server: ChildProcess | undefined;
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterEach(() => void server?.kill());
afterAll(() => browser?.close());

/** Starts the page's server without a system behind it; resolves with its port. */
async function start(env: NodeJS.ProcessEnv): Promise<number> {
  server = spawn(process.execPath, [join(import.meta.dirname, '../../server.mjs')], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  return port;
}

test('where one scenario runs alone, its page names it, says how to compare, and frames no other', async () => {
  const url = `http://localhost:${await start({ SCENARIOS: JSON.stringify([CARD]) })}/`;
  const page = await browser.newPage();
  const troubles: string[] = [];
  page.on('pageerror', ({ message }) => troubles.push(message));
  await page.goto(url);
  await page.getByRole('heading', { name: CARD.name, level: 1 }).waitFor();
  await page.getByText('Only this scenario runs here. To compare it with others, run npm start').waitFor();
  expect(page.url()).toBe(url);
  expect([await page.locator('iframe').count(), await page.getByRole('link').count(), troubles]).toEqual([0, 0, []]);
});

test('where no scenario is known the page compares none', async () => {
  // Nothing listens at the admin port.
  const port = await start({ GATEWAY_ADMIN_PORT: '1' });
  const page = await browser.newPage();
  await page.goto(`http://lab.localhost:${port}/`);
  await page.getByRole('alert').getByText('names no two scenarios').waitFor();
  expect(await page.locator('iframe').count()).toBe(0);
});
