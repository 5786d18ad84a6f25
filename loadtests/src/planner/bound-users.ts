import { z } from 'zod';
import { seededRandom } from '../loads/seeded-random.js';
import type { Counted } from '../results/results.js';
import { BoundFleet } from './bound-fleet.js';
import { deploy, scaleOut } from './simulate.js';

const STEP_MINUTES = 1;

export const boundUsersOptions = z.strictObject({
  change: z.enum(['scale-in', 'scale-out', 'deploy']),
  /** How long a server that goes waits for its last user. */
  drainMinutes: z.number().min(0).max(100_000).default(0),
  servers: z.int().min(2).max(100).default(3),
  /** Servers after scaling. */
  scaleTo: z.int().min(1).max(100).default(6),
  users: z.int().min(10).max(30_000).default(3_000),
  /** Mean time from login to the last request; lengths are exponential. */
  sessionMinutes: z.number().min(0.01).max(100_000).default(30),
});
export type BoundUsersOptions = z.infer<typeof boundUsersOptions>;

export interface BoundUsers {
  readonly counted: Readonly<Record<string, Counted>>;
  readonly estimated: Readonly<Record<string, number>>;
}

/** What a change of servers does to users whom a cookie binds to one, while some leave and as many others come. */
export function changeUnderUsers(options: BoundUsersOptions, seed: number): BoundUsers {
  const { servers, users: sample, sessionMinutes } = options;
  const create = () =>
    new BoundFleet({
      ...{ servers, sample, sessionMinutes, policy: 'round-robin', inFlightPerUser: 0, slowStartMinutes: 0 },
      random: seededRandom(seed),
    });
  return CHANGES[options.change](options, create);
}

const CHANGES: Readonly<
  Record<BoundUsersOptions['change'], (options: BoundUsersOptions, create: () => BoundFleet) => BoundUsers>
> = {
  'scale-in'({ servers, scaleTo, users, drainMinutes }, create) {
    const fleet = create();
    fleet.drain(scaleTo, servers);
    fleet.advance(drainMinutes);
    return {
      counted: { usersOut: { hit: fleet.end(scaleTo, servers).newlyHit, of: users } },
      estimated: { lastLeftMinutes: minutesUntilEmpty(create(), scaleTo, servers) },
    };
  },
  'scale-out'({ servers, scaleTo, users, sessionMinutes }, create) {
    const fleet = create();
    const onNew = (): Counted => ({ hit: Math.round(fleet.share(servers, scaleTo) * users), of: users });
    fleet.add(scaleTo - servers);
    const atOnce = onNew();
    fleet.advance(sessionMinutes);
    const fairShareMinutes = scaleOut(create(), servers, scaleTo, sessionMinutes);
    return {
      counted: { 'usersOnNew.atOnce': atOnce, 'usersOnNew.aSessionLater': onNew() },
      estimated: fairShareMinutes === null ? {} : { fairShareMinutes },
    };
  },
  deploy({ servers, users, drainMinutes }, create) {
    const inputs = { replicas: servers, startSeconds: 0, deployPart: 0 };
    const { users: part, minutes } = deploy(create(), inputs, drainMinutes);
    return {
      counted: { usersOut: { hit: Math.round(part * users), of: users } },
      estimated: { deployMinutes: minutes },
    };
  },
};

function minutesUntilEmpty(fleet: BoundFleet, from: number, to: number): number {
  fleet.drain(from, to);
  let minutes = 0;
  for (; fleet.share(from, to) > 0; minutes += STEP_MINUTES) fleet.advance(STEP_MINUTES);
  return minutes;
}
