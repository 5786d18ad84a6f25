import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';

export type SideName = 'Left' | 'Right';

/** The comparison page as a person uses it. */
export class ComparisonPage {
  private constructor(
    readonly page: Page,
    /** Errors of scripts and refusals by the page's own policy: there should be none. */
    readonly troubles: readonly string[],
  ) {}

  /** Opens it at the address that `npm start` prints. */
  static async open(browser: Browser, url: string, query = ''): Promise<ComparisonPage> {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 }, colorScheme: 'light' });
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|CORS/.test(message.text())) troubles.push(message.text());
    });
    await page.goto(`${url}/`);
    await page.waitForURL(/\/\/lab\.localhost:/);
    if (query !== '') await page.goto(new URL(query, page.url()).href);
    const comparison = new ComparisonPage(page, troubles);
    await comparison.idle();
    return comparison;
  }

  async runJourney(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run the same steps in both' }).click();
    await this.finished();
  }

  async readAgain(): Promise<void> {
    await this.page.getByRole('button', { name: 'Read six times more' }).click();
    await this.finished();
  }

  side(name: SideName): Locator {
    return this.page.getByRole('region', { name: new RegExp(`^${name}:`) });
  }

  frame(name: SideName): FrameLocator {
    return this.side(name).frameLocator('iframe');
  }

  /** How many steps worked, as the page says. */
  async score(name: SideName): Promise<{ worked: number; of: number }> {
    const text = await this.side(name).getByTestId('score').innerText();
    const [worked = Number.NaN, of = Number.NaN] = (text.match(/\d+/g) ?? []).map(Number);
    return { worked, of };
  }

  verdict(name: SideName): Promise<string> {
    return this.side(name).locator('.verdict').innerText();
  }

  /** The newest rows of a frame's request log. */
  async log(name: SideName): Promise<readonly { status: string; servedBy: string; route: string }[]> {
    const rows = await this.frame(name).locator('.log tbody tr').all();
    return Promise.all(
      rows.map(async (row) => ({
        status: await row.locator('.status').innerText(),
        servedBy: await row.locator('.server-name').innerText(),
        route: await row.locator('.reason').innerText(),
      })),
    );
  }

  destination(name: SideName, id: string): Locator {
    return this.side(name).locator('.destination').filter({ hasText: id });
  }

  get picture(): Locator {
    return this.page.getByRole('region', { name: 'Live picture' });
  }

  /** A box of the picture: a server's id, `gateway` or `redis`. */
  node(id: string): Locator {
    return this.picture.locator(`[data-node="${id}"]`);
  }

  private async idle(): Promise<void> {
    await this.page.locator('button.primary:enabled', { hasText: 'Run the same steps in both' }).waitFor();
  }

  private async finished(): Promise<void> {
    await this.page.locator('button.primary:disabled').waitFor();
    await this.idle();
  }
}
