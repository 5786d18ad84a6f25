import { waitFor as wait } from '@holdfast/testing';

/** Waits as long as a busy machine may need: what a test waits for is that something happens, not how fast. */
export const waitFor: typeof wait = (condition, options) => wait(condition, { timeoutMs: 45_000, ...options });
