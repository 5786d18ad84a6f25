import { launchChromium } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { axeFinds } from './support/axe.js';
import { ComparisonPage } from './support/comparison-page.js';
import { type RealSystem, startRealSystem } from './support/real-system.js';

jest.setTimeout(300_000);

let system: RealSystem;
let browser: Browser;
let comparison: ComparisonPage;
beforeAll(async () => {
  [system, browser] = await Promise.all([startRealSystem(), launchChromium()]);
  comparison = await ComparisonPage.open(browser, system.url);
  await comparison.picture.waitFor();
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe('the live picture', () => {
  test('shows every server of both scenarios, Redis with its latency, and the sessions in server memory', async () => {
    await comparison.runJourney();
    for (const id of ['gateway', 'monolith-1', 'auth-1', 'todo-3', 'chat-2']) await comparison.node(id).waitFor();
    await comparison
      .node('redis')
      .getByText(/^answers in [\d.]+ ms$/)
      .waitFor();
    // The journey signed somebody in at one of the three; what they tell of themselves comes a moment later.
    await comparison.picture.getByText(/· 1 session$/).waitFor();
    const { CONSOLE_SCREENSHOT: path } = process.env;
    if (path) await comparison.page.screenshot({ path, fullPage: true });
    expect(await axeFinds(comparison.page.mainFrame())).toEqual([]);
    expect(comparison.troubles).toEqual([]);
  });

  test('a killed server is shown within a second, with the reason, and its sessions as unknown', async () => {
    const server = comparison.node('monolith-3');
    await comparison.destination('Left', 'monolith-3').getByTitle('Kill monolith-3').click();
    const askedMs = performance.now();
    await server.getByText('its process was killed').waitFor();
    // Twice the promise: this machine may be busy with other tests.
    expect(performance.now() - askedMs).toBeLessThan(2_000);
    expect(await server.innerText()).toMatch(/killed[\s\S]*sessions unknown/);
    await comparison.destination('Left', 'monolith-3').getByTitle('Restart monolith-3').click();
    await server.getByText('up', { exact: true }).waitFor({ timeout: 30_000 });
  });
});
