import type { z } from 'zod';
import type { Run } from '../results/results.js';
import type { Arm } from '../systems/arm.js';

/** One run of an arm that is not a scenario under k6. */
export interface RunnerTask<T> {
  readonly experiment: string;
  readonly arm: string;
  readonly block: number;
  readonly options: T;
}

/** A way to run arms without k6: a module of this folder with its id as file name. */
export interface Runner<T = unknown> {
  readonly id: string;
  readonly title: string;
  /** The options that the experiment's file gives each arm. */
  readonly options: z.ZodType<T>;
  /** The names that rules use, each with a description of its count or figure. */
  readonly names: Readonly<Record<string, string>>;
  /** `onStart` gets the function that ends the run early. */
  run(task: RunnerTask<T>, onStart: (stop: () => void | Promise<void>) => void): Promise<Run[]>;
}

/** A run of an arm by a runner. */
export interface RunnerPlan {
  readonly experiment: string;
  readonly arm: Arm;
  readonly block: number;
  readonly runner: Runner;
}

/** Checks a runner's shape at compile time. */
export function defineRunner<T>(runner: Runner<T>): Runner<T> {
  return runner;
}
