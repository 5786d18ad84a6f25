import { z } from 'zod';

const pageConfig = z.object({ adminUrl: z.string() });

/** What the page's server knows and the built page cannot: where the admin API is. */
export type PageConfig = z.infer<typeof pageConfig>;

/** Asks the page's server; falls back to the default port, so that the page still says what it cannot reach. */
export async function loadPageConfig(): Promise<PageConfig> {
  try {
    const response = await fetch('/console-config.json', { cache: 'no-store' });
    return pageConfig.parse(await response.json());
  } catch {
    return { adminUrl: 'http://127.0.0.1:9080' };
  }
}
