import { z } from 'zod';
import { seededRandom } from '../loads/seeded-random.js';
import type { Counted } from '../results/results.js';
import { BoundFleet } from './bound-fleet.js';
import { deploy, scaleOut } from './simulate.js';

const SERVERS = 3;
/** Looks at a drained server, in a mean session. */
const LOOKS = 50;

export const boundUsersOptions = z
  .strictObject({
    change: z.enum(['scale-in', 'scale-out', 'deploy']),
    /** How long a server that goes waits for its last user. */
    drainMinutes: z.number().min(0).max(100_000).default(0),
    /** Servers after scaling, of three. */
    scaleTo: z.int().min(1).max(100).default(SERVERS),
    users: z.int().min(100).max(30_000).default(3_000),
    /** Mean time from login to the last request; lengths are exponential. */
    sessionMinutes: z.number().min(0.01).max(100_000).default(30),
  })
  .refine(({ change, scaleTo }) => change !== 'scale-in' || scaleTo < SERVERS, {
    path: ['scaleTo'],
    error: 'must be fewer than three',
  })
  .refine(({ change, scaleTo }) => change !== 'scale-out' || scaleTo > SERVERS, {
    path: ['scaleTo'],
    error: 'must be more than three',
  });
export type BoundUsersOptions = z.infer<typeof boundUsersOptions>;

export interface BoundUsers {
  readonly counted: Readonly<Record<string, Counted>>;
  readonly estimated: Readonly<Record<string, number>>;
}

/** What a change of servers does to users whom a cookie binds to one, while some leave and as many others come. */
export function changeUnderUsers(options: BoundUsersOptions, seed: number): BoundUsers {
  const { users: sample, sessionMinutes } = options;
  const create = () =>
    new BoundFleet({
      ...{ servers: SERVERS, sample, sessionMinutes, policy: 'round-robin', inFlightPerUser: 0, slowStartMinutes: 0 },
      random: seededRandom(seed),
    });
  return CHANGES[options.change](options, create);
}

const CHANGES: Readonly<
  Record<BoundUsersOptions['change'], (options: BoundUsersOptions, create: () => BoundFleet) => BoundUsers>
> = {
  'scale-in'({ scaleTo, users, drainMinutes, sessionMinutes }, create) {
    const fleet = create();
    fleet.drain(scaleTo, SERVERS);
    fleet.advance(drainMinutes);
    return {
      counted: { usersOut: { hit: fleet.end(scaleTo, SERVERS).newlyHit, of: users } },
      estimated: { lastLeftMinutes: minutesUntilEmpty(create(), scaleTo, sessionMinutes / LOOKS) },
    };
  },
  'scale-out'({ scaleTo, users, sessionMinutes }, create) {
    const fleet = create();
    const onNew = (): Counted => ({ hit: Math.round(fleet.share(SERVERS, scaleTo) * users), of: users });
    fleet.add(scaleTo - SERVERS);
    fleet.advance(sessionMinutes);
    const fairShareMinutes = scaleOut(create(), SERVERS, scaleTo, sessionMinutes);
    return {
      counted: { usersOnNew: onNew() },
      estimated: fairShareMinutes === null ? {} : { fairShareMinutes },
    };
  },
  deploy({ users, drainMinutes }, create) {
    const inputs = { replicas: SERVERS, startSeconds: 0, deployPart: 0 };
    const { users: part, minutes } = deploy(create(), inputs, drainMinutes);
    return {
      counted: { usersOut: { hit: Math.round(part * users), of: users } },
      estimated: { deployMinutes: minutes },
    };
  },
};

function minutesUntilEmpty(fleet: BoundFleet, from: number, stepMinutes: number): number {
  fleet.drain(from, SERVERS);
  let minutes = 0;
  for (; fleet.share(from, SERVERS) > 0; minutes += stepMinutes) fleet.advance(stepMinutes);
  return minutes;
}
