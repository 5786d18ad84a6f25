import { setTimeout } from 'k6/timers';

/** Pauses and lets frames come in meanwhile, which k6's `sleep` does not. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}
