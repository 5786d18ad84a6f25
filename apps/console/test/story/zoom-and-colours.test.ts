import { describe, expect, jest, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { axeFinds } from '../browser/support/axe.js';
import { startRealPage } from '../browser/support/real-page.js';

jest.setTimeout(300_000);

const PAGES = ['/', '/?story=1', '/?experiments'];
/** What a window of 1280 × 720 has left at 200 %. */
const ZOOMED: BrowserContextOptions = { viewport: { width: 640, height: 360 }, deviceScaleFactor: 2 };
const FORCED: BrowserContextOptions = { viewport: { width: 1280, height: 720 }, forcedColors: 'active' };

const real = startRealPage();

async function open(path: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await real.browser.newContext(options)).newPage();
  await page.goto(`http://lab.localhost:${real.system.port}${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  if (path === '/') await page.locator('[data-node="chat-3"]').waitFor();
  return page;
}

async function runJourney(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run the same steps in both' }).click();
  await page.locator('button.primary:disabled').waitFor();
  await page.locator('button.primary:enabled').waitFor({ timeout: 60_000 });
}

/** Each control that can be pressed, unless it can be scrolled to and nothing lies over it. */
function unreachable(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button:enabled, a[href], select:enabled, summary, input:enabled')]
      .filter((control) => control.checkVisibility())
      .filter((control) => {
        control.scrollIntoView({ block: 'center', behavior: 'instant' });
        const { left, right, top, height } = control.getBoundingClientRect();
        const at = document.elementFromPoint((left + right) / 2, top + height / 2);
        const isSeen = at !== null && (control.contains(at) || at.contains(control));
        return left < 0 || right > window.innerWidth || !isSeen;
      })
      .map((control) => control.getAttribute('aria-label') ?? control.title ?? control.innerText),
  );
}

describe('at 200 % zoom', () => {
  test.each(PAGES)('nothing of %s is cut off, and every control can be reached', async (path) => {
    const page = await open(path, ZOOMED);
    if (path === '/') await runJourney(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    expect(await unreachable(page)).toEqual([]);
    expect(await axeFinds(page.mainFrame())).toEqual([]);
    await page.context().close();
  });
});

describe('with forced colours', () => {
  test.each(PAGES)('axe finds nothing on %s, and the focus is seen', async (path) => {
    const page = await open(path, FORCED);
    expect(await axeFinds(page.mainFrame())).toEqual([]);
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
      return { outlineStyle, outlineWidth };
    });
    expect(outline).toEqual({ outlineStyle: 'solid', outlineWidth: '3px' });
    await page.context().close();
  });

  test('losses, a killed server, the session and the marks of the time axis are told without their colours', async () => {
    const page = await open('/', FORCED);
    await runJourney(page);
    const styleOf = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => {
          const { borderTopStyle, borderTopWidth, backgroundColor } = getComputedStyle(element);
          return { border: `${borderTopStyle} ${borderTopWidth}`, backgroundColor };
        });
    expect(await page.locator('.cell[data-outcome="lost"]').first().innerText()).toMatch(/401/);
    expect((await styleOf('.picture-token[data-token="session"]')).border).toBe('solid 1px');
    await page.locator('[data-node="monolith-1"] summary').click();
    await page
      .locator('[data-node="monolith-1"]')
      .getByRole('button', { name: /^Kill monolith-1/ })
      .click();
    await page.locator('[data-node="monolith-1"]').getByText('killed', { exact: true }).waitFor();
    expect((await styleOf('[data-node="monolith-1"]')).border).toBe('dashed 2px');
    const { backgroundColor: ground } = await styleOf('.picture');
    expect((await styleOf('.picture-axis span')).backgroundColor).not.toBe(ground);
    await page.context().close();
  });

  test('the story’s present step is told from the others', async () => {
    const page = await open('/?story=2', FORCED);
    const grounds = await page
      .locator('.story-steps button')
      .evaluateAll((buttons) => buttons.map((button) => getComputedStyle(button).backgroundColor));
    expect(grounds.filter((ground) => ground === grounds[1])).toHaveLength(1);
    await page.context().close();
  });
});
