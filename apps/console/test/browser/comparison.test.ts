import { waitFor } from '@holdfast/testing';
import { describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ComparisonPage } from './support/comparison-page.js';
import { startRealPage } from './support/real-page.js';

jest.setTimeout(300_000);

const real = startRealPage();

describe('the comparison page', () => {
  test('U10: its first load, frames and live state included, is at most 150 KB on the wire', async () => {
    const context = await real.browser.newContext();
    const page = await context.newPage();
    const sizes = await countWireBytes(page);
    await page.goto(`${real.system.url}/`);
    await page.locator('button.primary:enabled', { hasText: 'Run the same steps in both' }).waitFor();
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    if (total > 150_000) console.error(sizes);
    expect(total).toBeLessThanOrEqual(150_000);
    await context.close();
  });

  test('shows the same steps lost in server memory and kept in the shared session', async () => {
    const comparison = await ComparisonPage.open(real.browser, real.system.url);
    await comparison.runJourney();

    // Three servers in turn, one of which knows the user: steps 1, 4, 7 and 10.
    expect(await comparison.score('Left')).toEqual({ worked: 4, of: 10 });
    expect(await comparison.verdict('Left')).toBe(
      'Signed out 6 times · 2 of 3 todos not saved · 4 of 6 reads incomplete',
    );
    expect(await comparison.score('Right')).toEqual({ worked: 10, of: 10 });
    expect(await comparison.verdict('Right')).toBe('Nothing lost');

    const lost = (await comparison.log('Left')).filter(({ status }) => status === '401');
    expect(lost.length).toBeGreaterThan(0);
    for (const { servedBy, route } of lost) {
      expect(servedBy).toMatch(/^monolith-\d$/);
      expect(route).toBe('picked');
    }
    const kept = await comparison.log('Right');
    expect(new Set(kept.map(({ servedBy }) => servedBy)).size).toBeGreaterThan(2);
    expect(kept.every(({ status }) => /^20[01]$/.test(status))).toBe(true);

    const chat = comparison.frame('Right').getByRole('region', { name: 'Chat room lobby' });
    await chat.getByText('connected', { exact: true }).waitFor();
    expect(comparison.troubles).toEqual([]);
    await comparison.page.close();
  });

  test('shows what people wrote as text, never as markup', async () => {
    const comparison = await ComparisonPage.open(real.browser, real.system.url);
    await comparison.runJourney();
    const frame = comparison.frame('Right');
    const hostile = '<img src=x onerror="document.title=1"><b>bold</b>';
    await frame.getByLabel('New todo').fill(hostile);
    await frame.getByRole('button', { name: 'Add', exact: true }).click();
    await frame.getByRole('region', { name: 'Todos' }).getByText(hostile, { exact: true }).waitFor();
    await frame.getByLabel('Message').fill(hostile);
    await frame.getByRole('button', { name: 'Send' }).click();
    await frame.getByRole('region', { name: /Chat/ }).getByText(hostile).last().waitFor();
    expect(await frame.locator('.todos img, .todos b, .messages img').count()).toBe(0);
    expect(comparison.troubles).toEqual([]);
    await comparison.page.close();
  });

  test('shows a killed server: its users are lost where memory held them, and nowhere else', async () => {
    const query = '/?left=sticky-cookie-local&right=round-robin-cached';
    const comparison = await ComparisonPage.open(real.browser, real.system.url, query);
    await comparison.runJourney();
    expect(await comparison.score('Left')).toEqual({ worked: 10, of: 10 });

    const bound = (await comparison.log('Left'))[0]?.servedBy ?? 'none';
    for (const [side, id] of [
      ['Left', bound],
      ['Right', 'todo-1'],
    ] as const) {
      await comparison.destination(side, id).getByTitle(`Kill ${id}`).click();
      await comparison.destination(side, id).getByText('killed').waitFor();
      // Six reads follow each lever.
      await comparison.side(side).getByText(`Kill ${id}: done`).waitFor();
    }
    await comparison.readAgain();
    expect(await comparison.score('Left')).toEqual({ worked: 10, of: 28 });
    expect(await comparison.score('Right')).toEqual({ worked: 28, of: 28 });
    expect(await comparison.frame('Left').getByText('missing').count()).toBe(3);
    expect(await comparison.denial('Left')).toBe(
      `does not know this login: it was in the memory of ${bound} and was lost with that server.`,
    );
    expect(await comparison.denial('Right')).toBeNull();

    for (const [side, id] of [
      ['Left', bound],
      ['Right', 'todo-1'],
    ] as const) {
      await comparison.destination(side, id).getByTitle(`Restart ${id}`).click();
      await comparison.destination(side, id).getByText('up', { exact: true }).waitFor({ timeout: 30_000 });
    }
    await comparison.page.close();
  });

  test('U4: while Redis is frozen the page shows it, names the outage and calls nobody signed out', async () => {
    const comparison = await ComparisonPage.open(real.browser, real.system.url);
    const redis = comparison.page.locator('[data-node="redis"]');
    await redis.getByText('up', { exact: true }).waitFor();
    await redis.getByTitle('Pause Redis').click();
    await redis.getByText(/paused.*unreachable/).waitFor();
    await comparison.runJourney();
    for (const side of ['Left', 'Right'] as const) {
      const verdict = await comparison.verdict(side);
      expect(verdict).toMatch(/unreachable/);
    }
    // In no text, shown or hidden, and in no label, of the page and of both frames.
    const frames = comparison.page.frames();
    expect(frames).toHaveLength(3);
    for (const frame of frames) expect(await frame.content()).not.toMatch(/signed out/i);
    await redis.getByTitle('Resume Redis').click();
    await redis.getByText('up', { exact: true }).waitFor();
    await comparison.page.close();
  });

  test('U13: two scenarios of one fleet side by side each register a name of their own', async () => {
    const query = '/?left=sticky-cookie-cached&right=round-robin-cached';
    const comparison = await ComparisonPage.open(real.browser, real.system.url, query);
    await comparison.runJourney();
    expect(await comparison.verdict('Left')).toBe('Nothing lost');
    expect(await comparison.verdict('Right')).toBe('Nothing lost');
    await comparison.page.close();
  });

  test('U2, U3, U10: a login reads the todos, the focus stays in the account, a logout elsewhere is told as one', async () => {
    const context = await real.browser.newContext();
    const page = await context.newPage();
    const url = `http://round-robin-cached.localhost:${real.system.port}/`;
    await page.goto(url);
    await page.getByLabel('Name').fill(`grace-${Date.now()}`);
    await page.getByLabel('Password').fill('a much longer pass phrase');
    await page.getByRole('button', { name: 'Register' }).click();
    const logOut = page.getByRole('button', { name: 'Log out' });
    await waitFor(async () => logOut.evaluate((button) => button === document.activeElement));
    await page.getByLabel('New todo').fill('tea');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('checkbox', { name: 'tea' }).waitFor();
    const other = await context.newPage();
    await other.goto(url);
    await other.getByRole('checkbox', { name: 'tea' }).waitFor();
    await other.getByRole('button', { name: 'Log out' }).click();
    await other.getByLabel('Name').waitFor();
    // It hears of it by itself.
    await page.getByText(/as after a logout in another tab|session was ended/).waitFor();
    expect(await page.getByText('another server’s memory').count()).toBe(0);
    expect(await page.getByText('Sign in to see your todos.').count()).toBe(1);
    await context.close();
  });

  test('U8: a scenario in the query that does not exist is said, with those that do', async () => {
    const comparison = await ComparisonPage.open(real.browser, real.system.url, '/?right=no-such-scenario');
    await comparison.page
      .getByRole('alert')
      .getByText(/no scenario “no-such-scenario”.*round-robin-cached/)
      .waitFor();
    await comparison.page.close();
  });

  test('drains a server and takes it back', async () => {
    const comparison = await ComparisonPage.open(real.browser, real.system.url);
    const row = comparison.destination('Right', 'todo-2');
    await row.getByTitle('Drain todo-2').click();
    await row.getByText('draining').waitFor();
    await comparison.runJourney();
    expect((await comparison.log('Right')).map(({ servedBy }) => servedBy)).not.toContain('todo-2');
    expect(await comparison.score('Right')).toEqual({ worked: 10, of: 10 });
    await row.getByTitle('Undrain todo-2').click();
    await row.getByText('up', { exact: true }).waitFor();
    await comparison.page.close();
  });

  test('says how to start a scenario that does not run', async () => {
    const comparison = await ComparisonPage.open(real.browser, real.system.url, '/?left=round-robin-shared');
    await waitFor(async () => (await comparison.side('Left').getByText('npm start').count()) > 0);
    await comparison.page.close();
  });

  test('shows one scenario alone at its own host', async () => {
    const page = await real.browser.newPage();
    await page.goto(`http://ip-hash-local.localhost:${real.system.port}/`);
    await page.getByRole('heading', { name: 'ip-hash-local' }).waitFor();
    await page.getByLabel('Name').fill(`grace-${Date.now()}`);
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('alert').getByText('at least 8 characters').waitFor();
    await page.getByLabel('Password').fill('a much longer pass phrase');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('Signed in as').waitFor();
    await page.reload();
    await page.getByText('Signed in as').waitFor();
    await page.close();
  });
});

/** Bytes that came over the network by URL, heads included; what the browser took from its cache counts nothing. Frames are of the page's site, so they share its process and are counted. */
async function countWireBytes(page: Page): Promise<ReadonlyMap<string, number>> {
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  const urls = new Map<string, string>();
  const sizes = new Map<string, number>();
  network.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId) ?? requestId;
    sizes.set(url, (sizes.get(url) ?? 0) + encodedDataLength);
  });
  return sizes;
}
