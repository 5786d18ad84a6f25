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
    const page = await browser.newPage({
      viewport: { width: 1600, height: 1000 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
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
    await this.steps('Run the same steps in both');
  }

  async readAgain(): Promise<void> {
    await this.steps('Read six times more');
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

  /** Why a side's user is told that a server does not know them; null when nobody says so. */
  async denial(name: SideName): Promise<string | null> {
    const [text] = await this.frame(name).locator('.denied').allTextContents();
    // The server's badge comes first.
    return text?.replace(/^\S+ /, '') ?? null;
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

  /** The server that has the left session in its memory, as the picture says; `none` where it names none. */
  async home(): Promise<string> {
    const text = await this.picture.getByText(/^Session in the memory of/).innerText();
    return /monolith-\d/.exec(text)?.[0] ?? 'none';
  }

  /** The button of a server's menu in the picture that kills it; opens the menu. */
  async killLever(id: string): Promise<Locator> {
    await this.picture.getByLabel(`Levers of ${id}`, { exact: true }).click();
    return this.node(id).getByRole('button', { name: new RegExp(`^Kill ${id}`) });
  }

  /**
   * Clicks a lever and gives the milliseconds, by the page's own clock, from its answer until the box of `id` says `text`;
   * `Infinity` after ten seconds. The page gets no new view of the fleet meanwhile: what it shows must come with the answer.
   */
  async msFromAnswerUntil(lever: Locator, id: string, text: string): Promise<number> {
    const shown = this.node(id).evaluate(
      (box, words) =>
        new Promise<number>((resolve) => {
          const { fetch } = window;
          const held: (() => void)[] = [];
          let answeredMs = Number.NaN;
          window.fetch = async (input, init) => {
            if (String(input).endsWith('/fleet')) await new Promise<void>((release) => held.push(release));
            const response = await fetch(input, init);
            if (String(input).includes('/fleet/')) answeredMs = performance.now();
            return response;
          };
          const end = (tookMs: number) => {
            observer.disconnect();
            window.fetch = fetch;
            for (const release of held) release();
            resolve(tookMs);
          };
          const observer = new MutationObserver(() => {
            if (box.textContent?.includes(words) === true) end(performance.now() - answeredMs);
          });
          observer.observe(box, { subtree: true, childList: true, characterData: true });
          setTimeout(end, 10_000, Number.POSITIVE_INFINITY);
        }),
      text,
    );
    await lever.click();
    return shown;
  }

  private async idle(): Promise<void> {
    await this.page.locator('button.primary:enabled', { hasText: 'Run the same steps in both' }).waitFor();
  }

  /** Presses the button and waits until its steps are done. They may be before a busy machine has finished the click. */
  private async steps(button: string): Promise<void> {
    const started = this.page.locator('button.primary:disabled').waitFor();
    await Promise.all([started, this.page.getByRole('button', { name: button }).click()]);
    await this.idle();
  }
}
