import { z } from 'zod';
import { readDuration } from './duration.js';

/** How users come and send: a module of this folder with its id as file name. */
export interface Load<S extends z.ZodObject = z.ZodObject> {
  readonly id: string;
  readonly title: string;
  /** What an experiment's file says of it, beside its kind. */
  readonly settings: S;
  draw(settings: z.output<S>): UserLoad;
}

/** Checks a load's shape at compile time. */
export function defineLoad<S extends z.ZodObject>(load: Load<S>): Load<S> {
  return load;
}

/** The load of a file that names no kind. */
export const USUAL_LOAD = 'partly-open';

/** The users of a run, and the times of each. All times are milliseconds since the users began. */
export interface UserLoad {
  readonly users: number;
  /** Mean requests of one user in a second, while it is there. */
  readonly perSecond: number;
  /** The measured time begins. */
  readonly warmUpMs: number;
  /** The duration of the measured time. */
  readonly measureMs: number;
  /** Each user has an address of its own, all share one (NAT), or each gets another one midway (a phone that leaves the house). */
  readonly addresses: Addresses;
  /** The number of users, the first ones, who send half of all requests; 0 for users who are alike. */
  readonly heavyUsers: number;
  /** Whether users leave for good before the measured time ends. */
  readonly usersLeave: boolean;
  /** The time at which the user, from 1 on, signs in. */
  signInMs(user: number, seed: number): number;
  /** The intended times of the user's requests, sorted; the same for the same seed, in every arm. */
  sendTimes(user: number, seed: number): number[];
}

const ADDRESSES = ['own', 'one', 'moving'] as const;
export type Addresses = (typeof ADDRESSES)[number];

const NO_DURATION = 'is no duration; write a number with a unit: 500ms, 10s or 2m';
const NO_RATE = 'is no rate; write requests of one user in a second: 0.7/s';

export const duration = z.string(NO_DURATION).refine((text) => readDuration(text) !== undefined, NO_DURATION);
export const stay = duration.refine((text) => readDuration(text) !== 0, 'is too short; write a time such as 20s');
export const rate = z.string(NO_RATE).regex(/^(?!0+(\.0+)?\/)\d+(\.\d+)?\/s$/, NO_RATE);
export const userCount = z
  .int('is no number of users; write a whole number such as 61')
  .min(20, 'are too few; a run needs 20 users')
  .max(5_000, 'are too many; write at most 5000');
export const addresses = z.enum(ADDRESSES, 'is unknown; write own, one or moving').default('own');

/** A checked duration as milliseconds. */
export function milliseconds(text: string): number {
  return readDuration(text) ?? Number.NaN;
}

/** The number of a checked rate. */
export function ratePerSecond(text: string): number {
  return Number.parseFloat(text);
}
