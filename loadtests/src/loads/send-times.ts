import { seededRandom } from './seeded-random.js';

/** A partly open load: its users, their rate of requests, and its duration. */
export interface PartlyOpenLoad {
  readonly users: number;
  /** Mean requests of one user in a second. */
  readonly perSecond: number;
  readonly spacing: 'exponential' | 'even';
  /** Users come and sign in during this time. */
  readonly warmUpMs: number;
  /** Users send their measured requests during this time, which begins when the warm-up ends. */
  readonly measureMs: number;
  /** Users leave for good this long after the measured time began; they stay until it ends when left out. */
  readonly stayMs?: number;
  /** The number of users, the first ones, who send half of all requests; 0 for users who are alike. */
  readonly heavyUsers: number;
}

/**
 * The intended send times of one user's measured requests, milliseconds since the users began, sorted. The same seed and user
 * have the same times in every arm. Users have the same number of requests, so that each has the same chance to see a loss. Heavy
 * users send half of all requests; they, too, have the same number each.
 */
export function sendTimes(load: PartlyOpenLoad, seed: number, user: number): number[] {
  const count = requestsOf(load, user);
  const random = seededRandom(seed * 7919 + user);
  const stayMs = stayOf(load);
  if (load.spacing === 'even') {
    const gapMs = stayMs / count;
    const offsetMs = random() * gapMs;
    return Array.from({ length: count }, (_, n) => Math.round(load.warmUpMs + offsetMs + n * gapMs));
  }
  // A Poisson process with a known number of events: its times are that many uniform draws, sorted (the gaps are exponential).
  const times = Array.from({ length: count }, () => Math.round(load.warmUpMs + random() * stayMs));
  return times.sort((a, b) => a - b);
}

/** The number of measured requests that the user sends: at least one, for every load. */
export function requestsOf(load: PartlyOpenLoad, user: number): number {
  const { users, perSecond, heavyUsers } = load;
  const mean = (perSecond * stayOf(load)) / 1000;
  if (heavyUsers === 0) return Math.max(1, Math.round(mean));
  const half = (mean * users) / 2;
  return Math.max(1, Math.round(half / (user <= heavyUsers ? heavyUsers : users - heavyUsers)));
}

/** The time at which each user signs in: spread over the first two thirds of the warm-up, since hashing passwords costs much CPU. */
export function signInMs(load: PartlyOpenLoad, user: number): number {
  return Math.round((((user - 1) / load.users) * load.warmUpMs * 2) / 3);
}

function stayOf({ measureMs, stayMs = Infinity }: PartlyOpenLoad): number {
  return Math.min(measureMs, stayMs);
}
