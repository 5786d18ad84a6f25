import { z } from 'zod';
import { addresses, defineLoad, duration, milliseconds, rate, ratePerSecond, stay, userCount } from './load.js';
import { seededRandom } from './seeded-random.js';

/** Hashing a password takes this long at most on a machine that is not overloaded: a visitor's first request does not wait for it. */
const SIGN_IN_MS = 1_000;

const settings = z.strictObject({
  /** All who come in the course of the run. */
  users: userCount,
  requestsPerUser: rate,
  /** The mean time from a visitor's login to its last request; stays are exponential. */
  stay,
  warmUp: duration,
  measure: duration,
  addresses,
});

export default defineLoad({
  id: 'visitors',
  title: 'users who come all the time, stay for a while and leave for good',
  settings,
  draw({ users, requestsPerUser, stay, warmUp, measure, addresses }) {
    const [warmUpMs, measureMs] = [milliseconds(warmUp), milliseconds(measure)];
    const perSecond = ratePerSecond(requestsPerUser);
    const untilMs = warmUpMs + measureMs;
    const visitOf = (user: number, seed: number) => {
      const random = seededRandom(seed * 7919 + user);
      // Evenly spread, with chance inside of each user's part: two logins at the same moment would wait for each other's password.
      const fromMs = ((user - 1 + random()) / users) * untilMs;
      const signedInMs = fromMs + SIGN_IN_MS;
      const leftMs = Math.min(untilMs, signedInMs - Math.log(1 - random()) * milliseconds(stay));
      return { random, fromMs, signedInMs, leftMs };
    };
    return {
      ...{ users, perSecond, warmUpMs, measureMs, addresses, heavyUsers: 0, usersLeave: true },
      signInMs: (user, seed) => Math.round(visitOf(user, seed).fromMs),
      sendTimes(user, seed) {
        const { random, signedInMs, leftMs } = visitOf(user, seed);
        const times: number[] = [];
        const next = (afterMs: number): number => afterMs - (Math.log(1 - random()) * 1000) / perSecond;
        for (let atMs = next(signedInMs); atMs < leftMs; atMs = next(atMs)) times.push(Math.round(atMs));
        return times;
      },
    };
  },
});
