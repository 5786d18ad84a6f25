import type { Disturbance } from '../disturbances/disturbance.js';

/** A disturbance of an experiment, its options checked by its own schema. */
export interface PlannedDisturbance {
  /** Milliseconds after the users began. */
  readonly atMs: number;
  readonly disturbance: Disturbance;
  readonly options: unknown;
}
