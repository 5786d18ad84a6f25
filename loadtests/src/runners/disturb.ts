import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedDisturbance } from '../plan/planned-disturbance.js';
import type { Run } from '../results/results.js';
import type { Control } from '../systems/control.js';

/** The disturbances that are known to have happened, and the reason why one did not. */
export interface Disturbed {
  readonly happened: Run['disturbances'];
  readonly failed: string | undefined;
}

/**
 * Disturbs a running system at the planned times, one after the other. Never rejects: reports a disturbance that did not happen, and
 * one that ended after the measured time, since its last part met no users.
 */
export async function disturbAtTheirTimes(
  planned: readonly PlannedDisturbance[],
  control: Control,
  { startAtMs, closingMs }: { readonly startAtMs: number; readonly closingMs: number },
  signal: AbortSignal,
  onBegin: (begun: Run['disturbances'][number], n: number) => void,
): Promise<Disturbed> {
  const happened: Run['disturbances'] = [];
  try {
    for (const { atMs, disturbance, options } of [...planned].sort((a, b) => a.atMs - b.atMs)) {
      await delay(Math.max(0, startAtMs + atMs - Date.now()), undefined, { signal });
      const atSeconds = (Date.now() - startAtMs) / 1000;
      const begun = { id: disturbance.id, target: disturbance.targets(options).join(', '), atSeconds };
      onBegin(begun, happened.length);
      await disturbance.disturb(control, options);
      happened.push(begun);
      const lateMs = Date.now() - startAtMs - closingMs;
      if (lateMs > 0) throw new Error(`${disturbance.id} was over ${lateMs} ms after the measured time`);
    }
    return { happened, failed: undefined };
  } catch (error) {
    return { happened, failed: error instanceof Error ? error.message : String(error) };
  }
}
