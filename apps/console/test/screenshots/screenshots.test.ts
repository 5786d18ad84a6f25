import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ComparisonPage } from '../browser/support/comparison-page.js';
import { startRealPage } from '../browser/support/real-page.js';

jest.setTimeout(600_000);

const directory = join(import.meta.dirname, '../../../../docs/images/console');
/** A phone, a laptop or projector, a large screen. */
const WIDTHS = [390, 1280, 1920] as const;
const SCHEMES = ['light', 'dark'] as const;
const MOST_BYTES = 2_000_000;
const QUALITY = 60;

type Heights = Readonly<Record<(typeof WIDTHS)[number], number>>;
const COMPARISON: Heights = { 390: 1600, 1280: 1180, 1920: 1180 };
const SCREEN: Heights = { 390: 844, 1280: 720, 1920: 1080 };
const EXPERIMENT: Heights = { 390: 1100, 1280: 900, 1920: 1080 };

const real = startRealPage();
let comparison: ComparisonPage;
beforeAll(async () => {
  comparison = await ComparisonPage.open(real.browser, real.system.url);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
});

/** Writes what the page shows as `<name>-<width>-<light|dark>.webp`; Chromium itself compresses it. */
async function picture(page: Page, name: string, heights: Heights): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      await page.setViewportSize({ width, height: heights[width] });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // Lines of requests were drawn for the size before.
      await page.waitForFunction(() => document.querySelector('.flight') === null);
      await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
      await writeFile(join(directory, `${name}-${width}-${colorScheme}.webp`), data, 'base64');
    }
  }
  await session.detach();
}

describe('pictures of the page', () => {
  test('after the same steps in both', async () => {
    await comparison.runJourney();
    await comparison.picture.getByText(/^Session in Redis, copied into todo-/).waitFor();
    await comparison.picture.getByText('sessions unknown').first().waitFor({ state: 'detached' });
    await comparison.frame('Right').getByText('connected', { exact: true }).waitFor();
    await picture(comparison.page, 'comparison', COMPARISON);
  });

  test('just after the server that has the session was killed', async () => {
    const id = await comparison.home();
    await (await comparison.killLever(id)).click();
    await comparison.picture.getByText(/done\..*left, signed out 6 times/).waitFor({ timeout: 60_000 });
    await picture(comparison.page, 'killed', COMPARISON);
    await comparison.destination('Left', id).getByTitle(`Restart ${id}`).click();
    await comparison.destination('Left', id).getByText('up', { exact: true }).waitFor({ timeout: 60_000 });
  });

  test('the story, a step with its sentence', async () => {
    const { page } = comparison;
    await page.goto(new URL('/?story=6', page.url()).href);
    await page.getByRole('button', { name: 'Play this step' }).click();
    await page.locator('.story-outcome[data-phase="told"]').waitFor({ timeout: 60_000 });
    await picture(page, 'story', SCREEN);
  });

  test('an experiment with its verdict', async () => {
    const { page } = comparison;
    await page.goto(new URL('/?experiments', page.url()).href);
    const select = page.getByRole('combobox');
    await select.locator('option', { hasText: 'monthly-cost' }).waitFor({ state: 'attached' });
    await select.selectOption('monthly-cost');
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.getByRole('heading', { name: 'monthly-cost is done' }).waitFor({ timeout: 120_000 });
    await picture(page, 'experiments', EXPERIMENT);
  });

  test('are small enough for a clone', async () => {
    const names = await readdir(directory);
    expect(names).toHaveLength(4 * WIDTHS.length * SCHEMES.length);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
    expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(MOST_BYTES);
  });
});
