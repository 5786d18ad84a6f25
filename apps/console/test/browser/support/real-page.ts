import { launchChromium } from '@holdfast/testing';
import { afterAll, beforeAll } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type RealSystem, startRealSystem } from './real-system.js';

/** Starts the whole system and Chromium before a file's tests, which fills the result, and ends both after them. */
export function startRealPage(): { readonly system: RealSystem; readonly browser: Browser } {
  const real = {} as { system: RealSystem; browser: Browser };
  beforeAll(async () => {
    [real.system, real.browser] = await Promise.all([startRealSystem(), launchChromium()]);
  });
  afterAll(async () => {
    await real.browser?.close();
    await real.system?.stop();
  });
  return real;
}
