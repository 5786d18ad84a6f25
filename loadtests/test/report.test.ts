import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launchChromium } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { htmlReport } from '../src/report/html.js';
import { interruptedFixture, resultsFixture } from '../src/report/results.fixture.js';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const page = htmlReport(resultsFixture(), { against: interruptedFixture() });

describe('the report in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);

  afterAll(() => browser?.close());

  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`axe finds nothing and nothing is wider than the page at ${width} px, ${colorScheme}`, async () => {
        const tab = await open({ viewport: { width, height: 900 }, colorScheme });
        await tab.evaluate(() => {
          const { document } = globalThis as unknown as Dom;
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        expect(await axeFinds(tab)).toEqual([]);
        const pageWidth = await tab.evaluate(() => (globalThis as unknown as Dom).document.documentElement.scrollWidth);
        expect(pageWidth).toBe(width);
        await tab.close();
      }, 60_000);
    }
  }

  test('it asks for nothing, runs without an error, and runs no script that came with a name', async () => {
    const tab = await browser.newPage();
    const told: string[] = [];
    tab.on('request', (request) => told.push(request.url()));
    tab.on('pageerror', (error) => told.push(error.message));
    tab.on('console', (message) => told.push(message.text()));
    tab.on('dialog', (dialog) => {
      told.push(dialog.message());
      void dialog.dismiss();
    });
    await tab.setContent(page);
    expect(told).toEqual([]);
    await tab.close();
  }, 60_000);

  test("the reader's servers, round trip and users change what each cell depends on", async () => {
    const tab = await open({});
    const row = (title: string) =>
      tab
        .locator('tr', { has: tab.locator('th', { hasText: title }) })
        .locator('output')
        .allTextContents();
    expect(await row('does not know the user')).toEqual(['66.7', '0', '0', '0', '0']);
    await tab.getByLabel('Servers', { exact: true }).fill('5');
    await tab.getByLabel('Round trip to the store, ms', { exact: true }).fill('1.5');
    await tab.getByLabel('Users per server', { exact: true }).fill('200');
    expect(await row('does not know the user')).toEqual(['80', '0', '0', '0', '0']);
    expect(await row('Sessions in the store')).toEqual(['0', '0', '1,000', '1,000', '1,000']);
    expect(await row('for an unchanged session')).toEqual(['0', '0', '3', '0', '0']);
    await tab.getByLabel('Users per server', { exact: true }).fill('');
    expect(await row('Sessions in the store')).toEqual(['0', '0', '1,000', '1,000', '1,000']);
    await tab.close();
  }, 60_000);

  async function open(options: Parameters<Browser['newPage']>[0]): Promise<Page> {
    const tab = await browser.newPage(options);
    await tab.setContent(page);
    return tab;
  }
});

/** What axe-core finds wrong, as `<rule>: <element>`. */
async function axeFinds(tab: Page): Promise<readonly string[]> {
  await tab.evaluate(axeSource);
  return tab.evaluate(async () => {
    const { violations } = await (globalThis as unknown as Dom).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

/** What the tests use of a browser's globals. */
interface Dom {
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number };
    querySelectorAll(selector: 'details'): Iterable<{ open: boolean }>;
  };
  readonly axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
}
