import type { Page } from 'playwright-core';

/** Signs a new user up on a scenario's own page. */
export async function register(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('Signed in as').waitFor();
}
