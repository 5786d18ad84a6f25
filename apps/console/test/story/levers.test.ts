import { launchChromium } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, Locator } from 'playwright-core';
import { axeFinds } from '../browser/support/axe.js';
import { ComparisonPage } from '../browser/support/comparison-page.js';
import { type RealSystem, startRealSystem } from '../browser/support/real-system.js';

jest.setTimeout(300_000);

let system: RealSystem;
let browser: Browser;
beforeAll(async () => {
  [system, browser] = await Promise.all([startRealSystem(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

/** What a lever is announced to do, for who hears the page. */
function announced(lever: Locator): Promise<string> {
  return lever.evaluate(
    (button) => document.getElementById(button.getAttribute('aria-describedby') ?? '')?.innerText ?? '',
  );
}

/** The outcome of a lever, in the part of the page where it was pulled. */
function outcome(place: Locator, label: string): Locator {
  return place
    .getByRole('status')
    .getByText(new RegExp(`^${label}: done\\. Six reads after it: left, .+; right, .+\\.$`));
}

/** Points at a lever, presses it, and reads what was announced and what it did. */
async function pull(place: Locator, lever: Locator, label: string): Promise<{ will: string; did: string }> {
  const will = await announced(lever);
  await lever.hover();
  await place.getByText(`${label}: ${will}`, { exact: true }).waitFor();
  await lever.click();
  const done = outcome(place, label);
  await done.waitFor({ timeout: 90_000 });
  return { will, did: await done.innerText() };
}

describe('levers say what will happen and afterwards what did', () => {
  test('in the picture: one more server of each app, and one fewer', async () => {
    const comparison = await ComparisonPage.open(browser, system.url);
    const { picture } = comparison;
    await comparison.runJourney();
    const add = await pull(picture, picture.getByRole('button', { name: 'Add server' }), 'Add server');
    expect(add.will).toMatch(/^Starts one more of .*todo \(3 now\)/);
    expect(add.did).toMatch(/right, nothing lost \(by .*todo-4.*\)\.$/);
    await comparison.node('todo-4').waitFor();
    const remove = await pull(picture, picture.getByRole('button', { name: 'Remove server' }), 'Remove server');
    expect(remove.will).toMatch(/What is in its memory alone is lost\.$/);
    expect(remove.did).toMatch(/right, nothing lost \(by todo-1, todo-2, todo-3\)\.$/);
    await comparison.node('todo-4').waitFor({ state: 'detached' });
    await comparison.page.close();
  });

  test('in the servers’ rows, beside the rows, with a mark on the time axis', async () => {
    const comparison = await ComparisonPage.open(browser, system.url);
    await comparison.runJourney();
    const right = comparison.side('Right');
    const row = comparison.destination('Right', 'todo-2');
    const pause = await pull(right, row.getByTitle('Pause todo-2'), 'Pause todo-2');
    expect(pause.will).toBe(
      'It answers nothing until it is resumed, and loses nothing. Requests to it wait until the gateway notices.',
    );
    expect(pause.did).toMatch(/left, .*signed out .* times.*right, /);
    const resume = await pull(right, row.getByTitle('Resume todo-2'), 'Resume todo-2');
    expect(resume.will).toBe('It goes on where it stopped.');
    for (const mark of ['Pause todo-2', 'todo-2 paused', 'Resume todo-2', 'todo-2 up'])
      await comparison.picture.getByTitle(mark, { exact: true }).first().waitFor({ state: 'attached' });
    expect(await axeFinds(comparison.page.mainFrame())).toEqual([]);
    expect(comparison.troubles).toEqual([]);
    await comparison.page.close();
  });

  test('of Redis: it is resumed while its pause is counted, and both are', async () => {
    const comparison = await ComparisonPage.open(browser, system.url);
    const { picture } = comparison;
    await comparison.runJourney();
    const redis = comparison.node('redis');
    expect(await announced(redis.getByTitle('Pause Redis'))).toMatch(/signs nobody out\.$/);
    await redis.getByTitle('Pause Redis').click();
    await redis.getByText(/^paused/).waitFor();
    await redis.getByTitle('Resume Redis').click();
    await redis.getByText('up', { exact: true }).waitFor();
    await outcome(picture, 'Resume Redis').waitFor({ timeout: 90_000 });
    expect(await outcome(picture, 'Resume Redis').innerText()).toMatch(/right, nothing lost/);
    for (const mark of ['redis paused', 'redis up'])
      await picture.getByTitle(mark, { exact: true }).waitFor({ state: 'attached' });
    await comparison.page.close();
  });

  test('pulled while steps run: they are counted when those are over', async () => {
    const comparison = await ComparisonPage.open(browser, system.url);
    await comparison.page.getByRole('button', { name: 'Run the same steps in both' }).click();
    await comparison.page.locator('button.primary:disabled').waitFor();
    const right = comparison.side('Right');
    await comparison.destination('Right', 'todo-1').getByTitle('Drain todo-1').click();
    await outcome(right, 'Drain todo-1').waitFor({ timeout: 90_000 });
    expect(await outcome(right, 'Drain todo-1').innerText()).toMatch(/right, nothing lost \(by todo-2, todo-3\)\.$/);
    expect((await comparison.score('Right')).of).toBe(16);
    await pull(right, comparison.destination('Right', 'todo-1').getByTitle('Undrain todo-1'), 'Undrain todo-1');
    await comparison.page.close();
  });

  test('of a browser: its cookie dropped, edited and refused, another address, and a second browser', async () => {
    const comparison = await ComparisonPage.open(
      browser,
      system.url,
      '/?left=sticky-cookie-local&right=round-robin-cached',
    );
    const { picture, page } = comparison;
    const you = picture.getByRole('list', { name: 'Browsers' }).getByRole('listitem').filter({ hasText: 'You, left' });
    const choose = async (lever: RegExp, before?: () => Promise<void>) => {
      await picture.getByLabel('Levers of the left browser').click();
      await before?.();
      const button = you.getByRole('button', { name: lever });
      const will = await button.innerText();
      await button.click();
      return will;
    };
    await you.getByText('none seen').waitFor();
    expect(await choose(/^Drop the affinity cookie/)).toMatch(/The next request is a new choice/);
    await picture.getByText(/^Drop the affinity cookie, left: done\. Nothing was counted/).waitFor();
    await you.getByText('unknown until the next answer').waitFor();
    await comparison.runJourney();
    await you.getByText(/^Cookie hf_affinity: monolith-\d$/).waitFor();

    const write = (value: string) => () => you.getByLabel('New value of the affinity cookie, left').fill(value);
    await choose(/^Edit the affinity cookie/, write('not a value'));
    await picture
      .getByText(/^Edit the affinity cookie, left: not done\. The page’s server refused it\. value: send/)
      .waitFor();
    expect(await choose(/^Edit the affinity cookie/, write('mine.monolith-2'))).toContain('“mine.monolith-2”');
    await outcome(picture, 'Edit the affinity cookie, left').waitFor();
    await choose(/^Another address, left/);
    expect(await outcome(picture, 'Another address, left').innerText()).toMatch(/right, nothing lost/);

    const link = you.getByRole('link', { name: 'Second browser' });
    expect(await announced(link)).toMatch(/for a third browser open a private window\.$/);
    const [second] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await second.getByLabel('Name').waitFor();
    await second.close();
    expect(await axeFinds(page.mainFrame())).toEqual([]);
    await page.close();
  });

  test('of plain localhost: another scenario, which changes nothing for the two sides', async () => {
    const comparison = await ComparisonPage.open(browser, system.url);
    await comparison.runJourney();
    const footer = comparison.page.locator('.active-scenario');
    const select = footer.getByRole('combobox');
    expect(await announced(select)).toMatch(/both sides here have hosts of their own and stay\.$/);
    const before = await select.inputValue();
    for (const name of ['ip-hash-local', before]) {
      await select.selectOption(name);
      await outcome(footer, `Serve ${name} at plain localhost`).waitFor();
      expect(await select.inputValue()).toBe(name);
    }
    await comparison.page.close();
  });
});
