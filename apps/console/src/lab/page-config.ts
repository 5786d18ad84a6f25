import { z } from 'zod';
import { scenarioCardShape } from '../scenario/catalogue.js';

const pageConfig = z.object({
  adminUrl: z.string(),
  scenarios: z.array(scenarioCardShape).default([]),
  /** Only one scenario runs, which every host shows. */
  isAlone: z.boolean().default(false),
});

/** What the page's server knows and the built page cannot: where the admin API is, and what the scenarios are about. */
export type PageConfig = z.infer<typeof pageConfig>;

/** Asks the page's server; falls back to the default port, so that the page still says what it cannot reach. */
export async function loadPageConfig(): Promise<PageConfig> {
  try {
    const response = await fetch('/console-config.json');
    return pageConfig.parse(await response.json());
  } catch {
    return { adminUrl: 'http://127.0.0.1:9080', scenarios: [], isAlone: false };
  }
}
