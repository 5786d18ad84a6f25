import { waitFor } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { axeFinds } from '../browser/support/axe.js';
import { startRealPage } from '../browser/support/real-page.js';
import { giveCode, givePassword, post, register } from './sign-in.js';

jest.setTimeout(170_000);

const real = startRealPage();

/** What each step must have shown. The last one depends on whether this machine has Python or PHP. */
const TOLD = [
  /answered all 7 requests, and nothing was lost/,
  /knows you and monolith-\d does not: you were signed out 3 times in 6 requests/,
  /answered every time, and you stayed signed in for 8 requests/,
  /All of you were sent to (monolith-\d) and no other server; from 203\.0\.113\.\d+ you get (?!\1)monolith-\d, which does not know you/,
  /All 6 requests still reached monolith-\d/,
  /monolith-\d answers in its place and does not know you: your login and 2 todos died with monolith-\d/,
  /No server crashed, and you were signed out twice/,
  /All 6 requests were answered in full/,
  /With Redis unreachable 4 of 4 requests failed and nobody was signed out, while server memory answered 4 of 4; Redis is back, and the login is there again/,
  /What (chat-\d) was told, (?!\1)chat-\d said \d+ ms later, and (?:Python|PHP) found “ada-|no second language reads it here/,
];

async function processes(): Promise<readonly { id: string; app: string; state: string }[]> {
  return (await (await fetch(`${real.system.adminUrl}/fleet`)).json()).processes;
}

async function openStory(query: string, viewport = { width: 1280, height: 720 }): Promise<Page> {
  const page = await (await real.browser.newContext({ viewport })).newPage();
  await page.goto(`http://lab.localhost:${real.system.port}/${query}`);
  await page.getByRole('button', { name: 'Play this step' }).waitFor();
  return page;
}

/** Plays the shown step with one key; resolves to its second sentence. */
async function play(page: Page): Promise<string> {
  await page.keyboard.press('Enter');
  const outcome = page.locator('.story-outcome:is([data-phase="told"], [data-phase="stopped"])');
  await outcome.waitFor({ timeout: 60_000 });
  return outcome.innerText();
}

describe('the story', () => {
  test('is opened from the page, played to its end with Enter, fits a projector, and leaves everything up', async () => {
    const page = await (await real.browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
    await page.goto(`http://lab.localhost:${real.system.port}/`);
    await page.getByRole('link', { name: 'Story' }).press('Enter');
    await page.getByRole('button', { name: 'Play this step' }).waitFor();
    for (const [index, told] of TOLD.entries()) {
      expect(await play(page)).toMatch(told);
      expect(new URL(page.url()).search).toBe(`?story=${index + 1}`);
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(720);
      if (index === 5) await page.locator('.scene-server[data-mood="killed"]').waitFor({ timeout: 2000 });
      await page.emulateMedia({ colorScheme: index % 2 === 0 ? 'light' : 'dark' });
      expect(await axeFinds(page.mainFrame())).toEqual([]);
      await page.keyboard.press('Enter');
    }
    await page.getByRole('button', { name: 'Run the same steps in both' }).waitFor({ timeout: 60_000 });
    const after = await processes();
    expect(after.filter(({ state }) => state !== 'ready')).toEqual([]);
    expect(after.filter(({ app }) => app === 'monolith')).toHaveLength(3);
    expect(after.filter(({ app }) => app === 'reader')).toEqual([]);
    await page.context().close();
  });

  test('is entered at any step on a phone, and a page that is closed in the middle is made up for', async () => {
    const page = await openStory('?story=6', { width: 390, height: 844 });
    expect(await play(page)).toMatch(TOLD[5] ?? /never/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: /balancer’s cookie/ }).waitFor();
    expect((await processes()).some(({ state }) => state === 'killed')).toBe(true);
    // The same as closing the tab and coming back.
    await page.goto(`http://lab.localhost:${real.system.port}/`);
    await waitFor(async () => (await processes()).every(({ state }) => state === 'ready'), { timeoutMs: 40_000 });
    await page.context().close();
  });

  test('names the servers that do not run, and the command that starts them', async () => {
    const page = await openStory('?story=8');
    await page.route(/\/fleet$/, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const left = body.processes.filter(({ fleet }: { fleet: string }) => fleet !== 'cached');
      await route.fulfill({ response, json: { processes: left } });
    });
    expect(await play(page)).toMatch(/npm start -- --scenarios round-robin-cached/);
    await page.context().close();
  });
});

describe('experiments on the page', () => {
  let page: Page;
  beforeAll(async () => {
    page = await (await real.browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    await page.goto(`http://lab.localhost:${real.system.port}/?experiments`);
    await page.locator('option', { hasText: 'monthly-cost' }).waitFor({ state: 'attached' });
  });
  afterAll(() => page.context().close());

  async function run(name: string): Promise<void> {
    await page.getByRole('combobox').selectOption(name);
    await page.getByRole('button', { name: 'Run it' }).click();
  }

  test('two run to verdict and report, and their reports are shown side by side', async () => {
    // They count, and start nothing.
    for (const name of ['effort', 'monthly-cost']) {
      await run(name);
      await page.getByRole('heading', { name: `${name} is done` }).waitFor({ timeout: 120_000 });
    }
    expect(await page.locator('.running .verdicts li').count()).toBeGreaterThan(0);
    const report = await page.getByRole('link', { name: /The report with pictures/ }).getAttribute('href');
    const drawn = await fetch(report ?? 'none');
    expect([drawn.status, drawn.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const shown = async (name: string) => {
      await page.getByRole('checkbox', { name }).first().check();
      const region = page.locator('.shelf-open').getByRole('region', { name });
      await region.locator('.verdicts li').first().waitFor();
      return region;
    };
    const [one, other] = [await shown('monthly-cost'), await shown('effort')];
    const [left, right] = [await one.boundingBox(), await other.boundingBox()];
    expect(left?.y).toBe(right?.y);
    expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan(right?.x ?? 0);
    expect(await axeFinds(page.mainFrame())).toEqual([]);
  });

  test('one is drawn second by second while it runs, with the disturbance marked; then it is stopped, never two at once', async () => {
    await run('replace-all');
    const chart = page.locator('.run-chart');
    await chart.getByText(/^This run so far: \d+ seconds, [1-9]/).waitFor({ timeout: 120_000 });
    const seconds = async () => Number(/\d+/.exec(await chart.locator('figcaption').innerText()));
    const drawn = () => chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const [first, before] = [await seconds(), await drawn()];
    await waitFor(async () => (await seconds()) > first + 1, { timeoutMs: 15_000 });
    expect(await drawn()).not.toBe(before);
    // At its sixth second every server is replaced.
    await chart
      .getByText(/^This run so far: \d+ seconds, .*deploy of server-1, server-2, server-3, at 6\.\d s$/)
      .waitFor();
    await page.getByText(/0 of 1 runs/).waitFor();
    expect(await axeFinds(page.mainFrame())).toEqual([]);
    const second = await fetch(`${real.system.adminUrl}/lab/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment: 'crash' }),
    });
    expect([second.status, (await second.json()).code]).toEqual([409, 'lab_busy']);
    await page.getByRole('button', { name: 'Stop it' }).click();
    await page.getByRole('heading', { name: 'replace-all was stopped' }).waitFor({ timeout: 40_000 });
  });
});

describe('a user with two browsers', () => {
  test('sees changes and sign-outs of the other one without a reload', async () => {
    const url = `http://round-robin-cached.localhost:${real.system.port}/`;
    const name = `grace-${Date.now()}`;
    const [here, there] = await Promise.all([real.browser.newContext(), real.browser.newContext()]);
    const [mine, other] = await Promise.all([here.newPage(), there.newPage()]);
    await Promise.all([mine.goto(url), other.goto(url)]);
    await register(mine, name, 'a much longer pass phrase');
    await other.getByLabel('Name').fill(name);
    await other.getByLabel('Password').fill('a much longer pass phrase');
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByText('Signed in as').waitFor();
    await mine.getByText(`Here: ${name}`).waitFor();

    // A todo of the other browser appears here.
    await other.getByLabel('New todo').fill('Moor the boat');
    await other.getByRole('button', { name: 'Add', exact: true }).click();
    await mine.getByRole('checkbox', { name: 'Moor the boat' }).waitFor({ timeout: 10_000 });

    // Ending that browser signs it out while it is looked at, and keeps what is typed there.
    await mine.getByRole('button', { name: 'Your account' }).click();
    await mine.getByText('(this one)').waitFor();
    await mine.getByText('added a todo').first().waitFor({ timeout: 10_000 });
    expect(await axeFinds(mine.mainFrame())).toEqual([]);
    await mine.getByRole('button', { name: /^End this one/ }).click();
    await other.getByText(/session was revoked/).waitFor({ timeout: 10_000 });
    await other.getByLabel('Password').waitFor();

    // A wrong password is refused; the right one is changed, and the old one lets nobody in.
    await mine.getByLabel('Present password').fill('not my pass phrase');
    await mine.getByLabel('New password').fill('an even longer pass phrase');
    await mine.getByRole('button', { name: 'Change password' }).click();
    await mine.getByRole('dialog').getByRole('alert').waitFor();
    await mine.getByLabel('Present password').fill('a much longer pass phrase');
    await mine.getByRole('button', { name: 'Change password' }).click();
    await mine.getByText('Changed. Every other device has to log in again.').waitFor();
    await other.getByLabel('Name').fill(name);
    await other.getByLabel('Password').fill('a much longer pass phrase');
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByRole('alert').waitFor();
    await other.getByLabel('Password').fill('an even longer pass phrase');
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByText('Signed in as').waitFor();
    await Promise.all([here.close(), there.close()]);
  });

  test('with a second factor gives its code, and logs in again where ending a device needs a recent login', async () => {
    const url = `http://round-robin-cached.localhost:${real.system.port}/`;
    const name = `joan-${Date.now()}`;
    const password = 'a much longer pass phrase';
    const [here, there] = await Promise.all([real.browser.newContext(), real.browser.newContext()]);
    const [mine, other] = await Promise.all([here.newPage(), there.newPage()]);
    await Promise.all([mine.goto(url), other.goto(url)]);
    await register(mine, name, password);
    const { secret } = await post(mine, '/auth/second-factor', { password });
    const app = new TOTP({ secret: Secret.fromBase32(secret) });
    const { recoveryCodes } = await post(mine, '/auth/second-factor/confirm', { code: app.generate() });

    // A wrong code is refused, the next one of the app is not.
    await mine.getByRole('button', { name: 'Log out' }).click();
    await givePassword(mine, name, password);
    await giveCode(mine, '000000');
    await mine.getByRole('alert').getByText('The code is not right').waitFor();
    expect(await axeFinds(mine.mainFrame())).toEqual([]);
    await giveCode(mine, app.generate({ timestamp: Date.now() + 30_000 }));
    await mine.getByText('Signed in as').waitFor();
    await givePassword(other, name, password);
    await giveCode(other, recoveryCodes[0]);
    await other.getByText('Signed in as').waitFor();

    // The servers here ask for no recent login: the first answer is that of one that does.
    const problem = { type: 'about:blank', title: 'Forbidden', status: 403, code: 'login_too_old', requestId: '1' };
    await mine.route(/\/auth\/sessions\/./, (route) => route.fulfill({ status: 403, json: problem }), { times: 1 });
    await mine.getByRole('button', { name: 'Your account' }).click();
    const dialog = mine.getByRole('dialog');
    await dialog.getByRole('button', { name: /^End this one/ }).click();
    await dialog.getByText('You logged in too long ago to end other devices').waitFor();
    expect(await axeFinds(mine.mainFrame())).toEqual([]);
    const logInAgain = dialog.getByRole('button', { name: 'Log in again' });
    await dialog.getByLabel(`Password of ${name}`).fill(password);
    await logInAgain.click();
    await dialog.getByLabel(/^Code of your app/).fill(recoveryCodes[1]);
    await logInAgain.click();
    await other.getByText(/session was revoked/).waitFor({ timeout: 10_000 });
    await logInAgain.waitFor({ state: 'detached' });
    await mine.keyboard.press('Escape');
    // The chat of the replaced session is closed; the new one has its own.
    await mine.getByText(`Here: ${name}`).waitFor();
    await Promise.all([here.close(), there.close()]);
  });

  test('keeps what is typed while Redis is away, and is never called signed out', async () => {
    const page = await (await real.browser.newContext()).newPage();
    await page.goto(`http://round-robin-cached.localhost:${real.system.port}/`);
    await register(page, `edith-${Date.now()}`, 'a much longer pass phrase');
    await page.getByLabel('New todo').fill('half a tho');
    await fetch(`${real.system.adminUrl}/fleet/redis/pause`, { method: 'POST' });
    await page
      .getByText(/unreachable/)
      .first()
      .waitFor({ timeout: 15_000 });
    expect(await page.content()).not.toMatch(/signed out/i);
    expect(await page.getByText('Signed in as').count()).toBe(1);
    await fetch(`${real.system.adminUrl}/fleet/redis/resume`, { method: 'POST' });
    await waitFor(async () => (await page.getByText(/unreachable/).count()) === 0, { timeoutMs: 15_000 });
    expect(await page.getByLabel('New todo').inputValue()).toBe('half a tho');
    await page.context().close();
  });
});
