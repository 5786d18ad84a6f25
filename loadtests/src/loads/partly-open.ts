import { z } from 'zod';
import { addresses, defineLoad, duration, milliseconds, rate, ratePerSecond, stay, userCount } from './load.js';
import { type PartlyOpenLoad, sendTimes, signInMs } from './send-times.js';

const settings = z
  .strictObject({
    users: userCount,
    requestsPerUser: rate,
    spacing: z.enum(['exponential', 'even'], 'is unknown; write exponential or even').default('exponential'),
    warmUp: duration,
    measure: duration,
    /** Users leave for good this long after the measured time began. */
    stay: stay.optional(),
    addresses,
    heavyUsers: z.int('is no number of users; write a whole number such as 10').min(1).max(1_000).optional(),
  })
  .refine(({ users, heavyUsers = 0 }) => heavyUsers < users, {
    path: ['heavyUsers'],
    error: 'must be fewer than users',
  });

export default defineLoad({
  id: 'partly-open',
  title:
    'users who come during the warm-up and stay; each sends at times drawn before, or at once when the answer before is late',
  settings,
  draw({ users, requestsPerUser, spacing, warmUp, measure, stay, addresses, heavyUsers = 0 }) {
    const load: PartlyOpenLoad = {
      ...{ users, perSecond: ratePerSecond(requestsPerUser), spacing, heavyUsers },
      ...{ warmUpMs: milliseconds(warmUp), measureMs: milliseconds(measure) },
      ...(stay !== undefined && { stayMs: milliseconds(stay) }),
    };
    return {
      ...{ ...load, addresses, usersLeave: stay !== undefined },
      signInMs: (user) => signInMs(load, user),
      sendTimes: (user, seed) => sendTimes(load, seed, user),
    };
  },
});
