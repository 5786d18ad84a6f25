import { waitFor } from '@holdfast/testing';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startRealPage } from './support/real-page.js';

jest.setTimeout(300_000);

const TODO = 'half a thought';
const MESSAGE = 'half a sentence';

const real = startRealPage();
let page: Page;
beforeAll(async () => {
  page = await real.browser.newPage();
  await page.goto(`http://round-robin-cached.localhost:${real.system.port}/`);
  await page.getByLabel('Name').fill(`grace-${Date.now()}`);
  await page.getByLabel('Password').fill('a much longer pass phrase');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('connected', { exact: true }).waitFor();
  await page.getByLabel('New todo').fill(TODO);
  await page.getByLabel('Message').fill(MESSAGE);
});

/** The page is as it was: signed in, connected, without complaint, and what was typed is there. */
async function isAsBefore(): Promise<void> {
  await page.getByRole('alert').waitFor({ state: 'detached', timeout: 60_000 });
  await page.getByText('connected', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByText('Signed in as').waitFor();
  expect(await page.getByLabel('New todo').inputValue()).toBe(TODO);
  expect(await page.getByLabel('Message').inputValue()).toBe(MESSAGE);
}

describe("a user's page recovers alone and keeps what was typed", () => {
  test('after the laptop was asleep', async () => {
    await page.context().setOffline(true);
    await page.getByRole('alert').getByText('The gateway is unreachable').waitFor({ timeout: 30_000 });
    await page.context().setOffline(false);
    await isAsBefore();
  });

  test('U4: after Redis was frozen, which signs nobody out', async () => {
    await fetch(`${real.system.adminUrl}/fleet/redis/pause`, { method: 'POST' });
    await page.getByRole('alert').getByText('The shared store (Redis) is unreachable').waitFor({ timeout: 60_000 });
    await page.getByText('Signed in as').waitFor();
    await fetch(`${real.system.adminUrl}/fleet/redis/resume`, { method: 'POST' });
    await isAsBefore();
  });

  test('after Redis was killed and started again, which signs nobody out', async () => {
    await fetch(`${real.system.adminUrl}/fleet/redis/kill`, { method: 'POST' });
    await page.getByRole('alert').getByText('The shared store (Redis) is unreachable').waitFor({ timeout: 60_000 });
    await page.getByText('Signed in as').waitFor();
    await fetch(`${real.system.adminUrl}/fleet/redis/restart`, { method: 'POST' });
    await isAsBefore();
  });

  test('after its chat’s server was killed', async () => {
    const kill = (id: string) => fetch(`${real.system.adminUrl}/fleet/${id}/kill`, { method: 'POST' });
    await Promise.all(['chat-1', 'chat-2', 'chat-3'].map(kill));
    await page.getByText('reconnecting', { exact: true }).waitFor({ timeout: 30_000 });
    for (const id of ['chat-1', 'chat-2', 'chat-3'])
      await fetch(`${real.system.adminUrl}/fleet/${id}/restart`, { method: 'POST' });
    await isAsBefore();
  });

  test('after the gateway was killed and came back, with what was typed meanwhile', async () => {
    const field = page.getByLabel('Message');
    await field.fill(MESSAGE.slice(0, 6));
    await fetch(`${real.system.adminUrl}/fleet/gateway-1/kill`, { method: 'POST' });
    await page.getByRole('alert').getByText('The gateway is unreachable').waitFor();
    await field.pressSequentially(MESSAGE.slice(6));
    await isAsBefore();
  });

  test('a message that no server has taken stays in its field, and arrives once', async () => {
    const chats = ['chat-1', 'chat-2', 'chat-3'];
    const each = (action: string) =>
      Promise.all(chats.map((id) => fetch(`${real.system.adminUrl}/fleet/${id}/${action}`, { method: 'POST' })));
    await each('pause');
    const field = page.getByLabel('Message');
    await field.press('Enter');
    await field.press('Enter');
    expect(await field.inputValue()).toBe(MESSAGE);
    await each('resume');
    await page.locator('.messages').getByText(MESSAGE).waitFor({ timeout: 60_000 });
    await expect(waitFor(async () => (await field.inputValue()) === '')).resolves.toBeTruthy();
    expect(await page.locator('.messages').getByText(MESSAGE).count()).toBe(1);
  });
});
