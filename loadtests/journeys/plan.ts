/** What the runner tells a k6 run, as one JSON text in the variable PLAN. */
export interface JourneyPlan {
  readonly baseUrl: string;
  readonly users: number;
  /** Todos each user adds before the fault. */
  readonly todosPerUser: number;
  /** When every user begins, milliseconds since the epoch. */
  readonly startAtMs: number;
  /** From the start until adding todos must be over. */
  readonly addUntilMs: number;
  /** From the start until the last steady request. */
  readonly steadyUntilMs: number;
  /** Between two rounds of a user's steady requests. */
  readonly pauseMs: number;
  /** Makes names unique in a store that earlier runs have used. */
  readonly stamp: string;
  /** One per user: the address it seems to come from. */
  readonly addresses: readonly string[];
}

export const plan = JSON.parse(__ENV.PLAN ?? '{}') as JourneyPlan;
