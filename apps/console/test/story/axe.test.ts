import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFinds } from '../browser/support/axe.js';
import { ComparisonPage } from '../browser/support/comparison-page.js';
import { startRealPage } from '../browser/support/real-page.js';
import { register } from './sign-in.js';

jest.setTimeout(120_000);

/** A phone, a laptop or projector, a large screen. */
const WIDTHS = [390, 1280, 1920] as const;
const SCHEMES = ['light', 'dark'] as const;

const real = startRealPage();
let comparison: ComparisonPage;
beforeAll(async () => {
  comparison = await ComparisonPage.open(real.browser, real.system.url);
  await comparison.node('chat-3').waitFor();
});

/** What axe finds on the page and in its frames, at each width in each theme. */
async function findsEverywhere(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const frame of page.frames()) {
        const finds = await axeFinds(frame);
        found.push(...finds.map((find) => `${width} ${colorScheme} ${new URL(frame.url()).host}: ${find}`));
      }
    }
  }
  return found;
}

/** At 390, 1280 and 1920 px, in light and in dark. */
describe('axe finds nothing', () => {
  test('U10: on the comparison at rest', async () => {
    expect(await findsEverywhere(comparison.page)).toEqual([]);
  });

  test('U10: after the same steps in both', async () => {
    await comparison.runJourney();
    expect(await findsEverywhere(comparison.page)).toEqual([]);
  });

  test('U10: with a killed server, and why its user is signed out', async () => {
    const id = await comparison.home();
    await (await comparison.killLever(id)).click();
    await comparison.picture.getByText(new RegExp(`^Kill ${id}: done`)).waitFor();
    expect(await comparison.denial('Left')).toMatch(/was lost with that server/);
    expect(await findsEverywhere(comparison.page)).toEqual([]);
  });

  test('U10: with an open menu of levers', async () => {
    await comparison.picture.getByLabel('Levers of todo-1', { exact: true }).click();
    await comparison
      .node('todo-1')
      .getByRole('button', { name: /^Kill todo-1/ })
      .waitFor();
    expect(await findsEverywhere(comparison.page)).toEqual([]);
    await comparison.picture.getByLabel('Levers of todo-1', { exact: true }).click();
  });

  test('U10: while Redis is frozen', async () => {
    await comparison.node('redis').getByTitle('Pause Redis').click();
    await comparison
      .node('redis')
      .getByText(/paused.*unreachable/)
      .waitFor();
    await comparison.page.getByRole('button', { name: 'Read six times more' }).click();
    await comparison.side('Right').locator('.verdict', { hasText: 'unreachable' }).waitFor({ timeout: 30_000 });
    expect(await findsEverywhere(comparison.page)).toEqual([]);
    await comparison.node('redis').getByTitle('Resume Redis').click();
  });

  test('U10: on a step of the story', async () => {
    const { page } = comparison;
    await page.goto(new URL('/?story=6', page.url()).href);
    await page.getByRole('button', { name: 'Play this step' }).click();
    await page.locator('.story-outcome[data-phase="told"]').waitFor({ timeout: 60_000 });
    expect(await findsEverywhere(page)).toEqual([]);
  });

  test('U10: on the experiments', async () => {
    const { page } = comparison;
    await page.goto(new URL('/?experiments', page.url()).href);
    await page.locator('option', { hasText: 'monthly-cost' }).waitFor({ state: 'attached' });
    expect(await findsEverywhere(page)).toEqual([]);
  });

  test('U10: on a scenario alone, signed out, signed in and with an open dialog', async () => {
    const page = await real.browser.newPage();
    await page.goto(`http://round-robin-cached.localhost:${real.system.port}/`);
    await page.getByLabel('Name').waitFor();
    expect(await findsEverywhere(page)).toEqual([]);
    await register(page, `grace-${Date.now()}`, 'a much longer pass phrase');
    await page.getByText('connected', { exact: true }).waitFor();
    expect(await findsEverywhere(page)).toEqual([]);
    await page.getByRole('button', { name: 'Your account' }).click();
    await page.getByRole('dialog').getByText('(this one)').waitFor();
    expect(await findsEverywhere(page)).toEqual([]);
    await page.close();
  });
});
