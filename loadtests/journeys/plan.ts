/** What the runner tells every k6 run, as one JSON text in the variable PLAN. */
export interface JourneyPlan {
  readonly baseUrl: string;
  readonly users: number;
  /** With the user's number it gives the same random pauses in every run. */
  readonly seed: number;
  /** When every user begins, milliseconds since the epoch. */
  readonly startAtMs: number;
  /** Makes names unique in a store that earlier runs have used. */
  readonly stamp: string;
  /** One per user: the address it seems to come from. */
  readonly addresses: readonly string[];
}

/** What a user of the whole app is told besides. */
export interface UserPlan extends JourneyPlan {
  /** Todos each user adds before the fault. */
  readonly todosPerUser: number;
  /** From the start until adding todos must be over. */
  readonly addUntilMs: number;
  /** From the start until the last steady request. */
  readonly steadyUntilMs: number;
  /** Between two rounds of a user's steady requests. */
  readonly pauseMs: number;
}

/** What a member of a chat room is told besides. */
export interface ChatPlan extends JourneyPlan {
  readonly rooms: number;
  /** From the start until users begin to say something: by then they are in their rooms. */
  readonly sayFromMs: number;
  /** From the start until nobody begins to say anything more. */
  readonly sayUntilMs: number;
  /** From the start until an acknowledgement counts. Only after it does anyone ask whether it was given everything. */
  readonly answeredUntilMs: number;
  /** How much longer a user waits for what it has not been given. */
  readonly patienceMs: number;
  /** Between two messages of a user. */
  readonly pauseMs: number;
}

const told: unknown = JSON.parse(__ENV.PLAN ?? '{}');

export const plan = told as JourneyPlan;
export const userPlan = told as UserPlan;
export const chatPlan = told as ChatPlan;

/** Since every user began; negative before that. */
export function elapsedMs(): number {
  return Date.now() - plan.startAtMs;
}
