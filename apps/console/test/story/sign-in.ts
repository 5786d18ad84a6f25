import type { Page } from 'playwright-core';

/** Signs a new user up on a scenario's own page. */
export async function register(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('Signed in as').waitFor();
}

/** The first step of a login, in the same form. */
export async function givePassword(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** The second step of a login with a second factor. */
export async function giveCode(page: Page, code: string): Promise<void> {
  await page.getByLabel(/^Code of your app/).fill(code);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** What the page's servers answer to its user. */
export function post(page: Page, path: string, body: unknown) {
  return page.evaluate(
    async ([to, json]) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(to, { method: 'POST', headers, body: json });
      return response.json();
    },
    [path, JSON.stringify(body)] as const,
  );
}
