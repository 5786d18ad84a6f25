import { z } from 'zod';
import { duration } from './duration.js';
import type { PartlyOpenLoad } from './send-times.js';

const perSecond = z.string().transform((text, context) => {
  const [, number] = /^(\d+(?:\.\d+)?)\/s$/.exec(text) ?? [];
  if (number !== undefined && Number(number) > 0) return Number(number);
  context.addIssue({ code: 'custom', message: 'Use requests of one user in a second: 0.7/s.' });
  return z.NEVER;
});

/** The load of an experiment's file. */
export const partlyOpenSchema = z
  .strictObject({
    users: z.int().min(1).max(5_000),
    requestsPerUser: perSecond,
    spacing: z.enum(['exponential', 'even']).default('exponential'),
    warmUp: duration,
    measure: duration,
    addresses: z.enum(['own', 'one', 'moving']).default('own'),
    heavyUsers: z.int().min(1).optional(),
  })
  .refine(({ users, heavyUsers = 0 }) => heavyUsers < users, {
    path: ['heavyUsers'],
    message: 'Use fewer than users.',
  })
  .transform(
    ({ users, requestsPerUser, spacing, warmUp, measure, addresses, heavyUsers = 0 }): PartlyOpenLoad => ({
      users,
      perSecond: requestsPerUser,
      spacing,
      warmUpMs: warmUp,
      measureMs: measure,
      addresses,
      heavyUsers,
    }),
  );
