import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { clockSince } from './clock.ts';

/** The plan that the runner gives to every k6 run: a file whose path is in the variable PLAN. On a cluster, `cluster-plan.ts` makes it. */
export interface JourneyPlan {
  readonly baseUrl: string;
  readonly users: number;
  /** The time at which every user begins, milliseconds since the epoch; without it, when k6 starts the users. */
  readonly startAtMs?: number;
  /** Makes names unique in a store that earlier runs have used. */
  readonly stamp: string;
  /** One per user: the address it seems to come from. */
  readonly addresses: readonly string[];
}

/** The steps of each user of the load, with their times after the start. Drawn by the runner: the same in every arm. */
export interface StepsPlan extends JourneyPlan {
  /** The time at which each user signs in, milliseconds after the start. */
  readonly signInMs: readonly number[];
  /** Per user: intended time, milliseconds after the start, and the step's name. */
  readonly steps: readonly (readonly [number, StepName][])[];
  /** A user with this many todos removes the oldest one instead of adding another; absent for users who only add. */
  readonly mostTodos?: number;
  /** Whether a user who finds the login page logs in again. */
  readonly comesBack: boolean;
  /** Whether users say one thing in a chat room before their first step. */
  readonly chats: boolean;
  /** Whether users throw their cookies' affinity away before each request, as clients without a cookie jar do. */
  readonly keepsAffinity: boolean;
  /** Per user, an address that it has from the given time on; empty for users who keep theirs. */
  readonly moves: readonly (readonly [number, string] | readonly [])[];
  /** The time from the start to the closing look: users look at their todos once more, until two servers have answered. */
  readonly closingMs: number;
}

export type StepName = 'list' | 'profile' | 'add' | 'toggle';

/** The part of the plan that only members of a chat room get. */
export interface ChatPlan extends StepsPlan {
  readonly rooms: number;
  /** The time from the start until users begin to say something: by then they are in their rooms. */
  readonly sayFromMs: number;
  /** The time from the start after which no user begins to say anything more. */
  readonly sayUntilMs: number;
  /** The time from the start until an acknowledgement counts. Users check only after it that they were given every message. */
  readonly answeredUntilMs: number;
  /** The time that a user waits for missing messages after that. */
  readonly patienceMs: number;
  /** The time between two messages of a user. */
  readonly pauseMs: number;
}

const { clusterPlan } = globalThis as { clusterPlan?: unknown };
const told: unknown = clusterPlan ?? planOfFile();

export const plan = told as JourneyPlan;
export const stepsPlan = told as StepsPlan;
export const chatPlan = told as ChatPlan;

/** Every user has a copy of the plan, but not of everyone's steps: those of half an hour took 70 MB for each of 331 users. */
function planOfFile(): unknown {
  const shared = new SharedArray<unknown>('plan', () => {
    const { steps = [], ...rest } = JSON.parse(open(__ENV.PLAN ?? 'plan.json'));
    return [rest, ...steps];
  });
  const steps = new Proxy([], { get: (_, index) => shared[Number(index) + 1] });
  return { ...(shared[0] as object), steps };
}

let clock: (() => number) | undefined;

/** The time since every user began, with fractions of a millisecond; negative before that. */
export function elapsedMs(): number {
  // k6 has its own clock only once users run.
  clock ??= clockSince(plan.startAtMs ?? exec.scenario.startTime, () => exec.instance.currentTestRunDuration);
  return clock();
}
