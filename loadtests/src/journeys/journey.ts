import type { UserLoad } from '../loads/load.js';

/** The behaviour of a user: a module of this folder with its id as file name. */
export interface Journey {
  readonly id: string;
  readonly title: string;
  /** Steps and their weights: the user does one of them at each of its times. */
  readonly steps: Readonly<Partial<Record<StepName, number>>>;
  /** The first steps of every user, before drawn ones. */
  readonly first: readonly StepName[];
  /** Whether a user who finds the login page logs in again. */
  readonly comesBack: boolean;
  /** Whether users say one thing in a chat room before their first step. */
  readonly chats: boolean;
  /** Whether clients keep the balancer's cookie. */
  readonly keepsAffinity: boolean;
  /** Whether a user who never gets in, and so is promised nothing, is a result and no fault of the run. */
  readonly mayStayOut?: boolean;
  /** The k6 script that its users run, if they do more than steps. */
  readonly script?: JourneyScript;
  /** A module of promises by an app's owner, for the script `app-journey`. */
  readonly module?: string;
  /** The additional part of the plan for its script. */
  readonly tells?: (load: Pick<UserLoad, 'warmUpMs' | 'measureMs' | 'perSecond'>) => object;
}

/** A file of loadtests/journeys. */
export type JourneyScript = 'steps-journey' | 'chat-journey' | 'devices-journey' | 'app-journey';

export type StepName = 'list' | 'profile' | 'add' | 'toggle';

export function defineJourney(journey: Journey): Journey {
  return journey;
}
