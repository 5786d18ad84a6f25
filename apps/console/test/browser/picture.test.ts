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
  test('shows every server of both scenarios, Redis with its latency, and in which of them the sessions are', async () => {
    await comparison.runJourney();
    for (const id of ['gateway', 'monolith-1', 'auth-1', 'todo-3', 'chat-2']) await comparison.node(id).waitFor();
    await comparison
      .node('redis')
      .getByText(/^answers in [\d.]+ ms$/)
      .waitFor();
    // The journey signed somebody in at one of the three; what they tell of themselves comes a moment later.
    await comparison.picture.getByText(/· 1 session$/).waitFor();
    // The session is in one place on the left, and in Redis with copies on the right.
    const home = comparison.picture.locator('[data-node^="monolith-"]').filter({ hasText: 'left session' });
    await home.filter({ hasNotText: 'not found' }).waitFor();
    await comparison.picture
      .getByText(
        /^Session in the memory of monolith-\d; monolith-\d did not find it$|^Session in the memory of monolith-\d$/,
      )
      .waitFor();
    await comparison.picture.getByText(/^Session in Redis, copied into todo-/).waitFor();
    expect(await comparison.node('redis').locator('code').innerText()).toMatch(/^hf:cached:session:\{[0-9a-f]{2}\}:/);
    const { CONSOLE_SCREENSHOT: path } = process.env;
    if (path) await comparison.page.screenshot({ path, fullPage: true });
    expect(await axeFinds(comparison.page.mainFrame())).toEqual([]);
    expect(comparison.troubles).toEqual([]);
  });

  test('a killed server is shown within a second, with the reason, and the session is gone with it', async () => {
    const text = await comparison.picture.getByText(/^Session in the memory of/).innerText();
    const id = /monolith-\d/.exec(text)?.[0] ?? 'none';
    const server = comparison.node(id);
    await comparison.picture.getByLabel(`Levers of ${id}`, { exact: true }).click();
    const kill = server.getByRole('button', { name: new RegExp(`^Kill ${id}`) });
    expect(await kill.innerText()).toContain('The 1 session in its memory will be lost.');
    await kill.click();
    const askedMs = performance.now();
    await server.getByText('its process was killed').waitFor();
    // The promise is one second; a machine that is busy with other tests is given more.
    expect(performance.now() - askedMs).toBeLessThan(10_000);
    expect(await server.innerText()).toMatch(/killed[\s\S]*sessions unknown/);
    await comparison.picture.getByText(/^Session gone with the process that had it/).waitFor();
    // Counted, not hoped: six reads on both sides.
    await comparison.picture
      .getByText(/^Kill monolith-\d: done\..*left, signed out 6 times.*right, nothing lost\.$/)
      .waitFor();
    // Only the newest events are told in words; the axis keeps all of two minutes.
    await comparison.picture.getByTitle(`${id} ended`).waitFor({ state: 'attached' });
    await comparison.destination('Left', id).getByTitle(`Restart ${id}`).click();
    await server.getByText('up', { exact: true }).waitFor({ timeout: 30_000 });
  });

  test('levers: Redis cannot be slowed without its proxy, and the page says how; another address is counted', async () => {
    await comparison.node('redis').getByRole('button', { name: 'Slow' }).click();
    await comparison.picture.getByText(/^Slow Redis by 200 ms: not done\..*--redis-proxy/).waitFor();
    await comparison.picture.getByLabel('Levers of the right browser').click();
    await comparison.picture.getByRole('button', { name: /^Another address, right/ }).click();
    await comparison.picture.getByText(/^Another address, right: done\..*right, nothing lost\.$/).waitFor();
    expect(comparison.troubles).toEqual([]);
  });
});
