import { seededRandom } from '../loads/seeded-random.js';
import { BoundFleet } from './bound-fleet.js';
import type { Inputs } from './inputs.js';

/** The most servers and users of the sample, and the most events of one simulation: all simulations together take some seconds. */
const MAX_SERVERS = 100;
const MAX_SAMPLE = 30_000;
const MAX_EVENTS = 2_000_000;
const FAIR = 0.9;

export interface SimulatedDeploy {
  /** Logins lost, and users who lost at least one, as parts of the users. */
  readonly logins: number;
  readonly users: number;
  readonly minutes: number;
}

/** The simulated losses and shares of users who are bound to a server. */
export interface Simulated {
  readonly servers: number;
  readonly sample: number;
  /** Two standard errors of one server's part of the users, relative to that part. */
  readonly relativeError: number;
  /** Users of the fullest server over the mean, scaled to all users. */
  readonly maxOverMean: number;
  readonly deployAtOnce: SimulatedDeploy;
  readonly deployDrained: SimulatedDeploy;
  /** The time until the new servers have nine tenths of their fair part of the users; null when they never do. */
  readonly fairShareMinutes: number | null;
}

export function simulate(real: Inputs): Simulated {
  const inputs = fewerServers(real);
  const { replicas, sessionMinutes } = inputs;
  const users = real.users * (replicas / real.replicas);
  const sample = sampleOf(inputs, users);
  const create = (salt: number) =>
    new BoundFleet({
      ...{ servers: replicas, sample, sessionMinutes, policy: inputs.policy, random: seededRandom(inputs.seed + salt) },
      inFlightPerUser: ((users / sample) * real.rps * inputs.latencyMs) / 1000 / real.users,
      slowStartMinutes: inputs.slowStartSeconds / 60,
    });
  // The spread of a part of n users falls with the root of n; the largest of more parts lies further out.
  const further = Math.sqrt(Math.max(1, Math.log(real.replicas) / Math.max(1, Math.log(replicas))));
  return {
    ...{ servers: replicas, sample },
    relativeError: sample >= real.users ? 0 : 2 * Math.sqrt(replicas / sample),
    maxOverMean: 1 + (create(0).maxOverMean() - 1) * Math.sqrt(sample / users) * further,
    deployAtOnce: deploy(create(1), inputs, 0),
    deployDrained: deploy(create(2), inputs, inputs.drainMinutes),
    fairShareMinutes: scaleOut(create(3), replicas, inputs.scaleOutTo, sessionMinutes),
  };
}

/** Simulates a limited number of servers, each of which stands for several real ones when there are more. */
function fewerServers(inputs: Inputs): Inputs {
  if (inputs.replicas <= MAX_SERVERS) return inputs;
  const scale = MAX_SERVERS / inputs.replicas;
  return {
    ...inputs,
    replicas: MAX_SERVERS,
    scaleOutTo: Math.max(MAX_SERVERS + 1, Math.round(inputs.scaleOutTo * scale)),
  };
}

/** A sample that keeps the longest simulation, the deploy, short. */
function sampleOf(inputs: Inputs, users: number): number {
  const { replicas, sessionMinutes, drainMinutes, startSeconds, deployPart, policy } = inputs;
  const deployMinutes = batchesOf(replicas, deployPart) * (drainMinutes + startSeconds / 60);
  const turnovers = 12 + deployMinutes / sessionMinutes;
  // Least requests looks at every server for each new user.
  const events = policy === 'least-requests' ? MAX_EVENTS / 2 : MAX_EVENTS;
  return Math.ceil(Math.min(users, MAX_SAMPLE, Math.max(500, events / turnovers)));
}

function batchesOf(replicas: number, part: number): number {
  return Math.ceil(replicas / Math.max(1, Math.floor(replicas * part)));
}

/** Replaces every server, some at a time: drain, wait, end, start. */
export function deploy(
  fleet: BoundFleet,
  inputs: Pick<Inputs, 'replicas' | 'startSeconds' | 'deployPart'>,
  drainMinutes: number,
): SimulatedDeploy {
  const { replicas, startSeconds, deployPart } = inputs;
  const size = Math.max(1, Math.floor(replicas * deployPart));
  const minutes = batchesOf(replicas, deployPart) * (drainMinutes + startSeconds / 60);
  // With all servers replaced at once, no user can be sent elsewhere, so a drain spares none.
  if (size >= replicas) return { logins: 1, users: 1, minutes };
  let logins = 0;
  let users = 0;
  for (let from = 0; from < replicas; from += size) {
    const to = Math.min(replicas, from + size);
    fleet.drain(from, to);
    fleet.advance(drainMinutes);
    const ended = fleet.end(from, to);
    logins += ended.logins;
    users += ended.newlyHit;
    fleet.advance(startSeconds / 60);
    fleet.restart(from, to);
  }
  return { logins: logins / fleet.users, users: users / fleet.users, minutes };
}

/** Adds servers, and returns the minutes until they have nine tenths of their fair part of the users; null when they never do. */
export function scaleOut(fleet: BoundFleet, before: number, after: number, sessionMinutes: number): number | null {
  fleet.add(after - before);
  const fair = (after - before) / after;
  const step = sessionMinutes / 50;
  for (let minutes = 0; minutes <= 8 * sessionMinutes; minutes += step) {
    if (fleet.share(before, after) >= FAIR * fair) return minutes;
    fleet.advance(step);
  }
  return null;
}

/** Without a cookie each request goes to any server: the new ones lack only the share that slow start holds back. */
export function fairShareWithoutBinding({ replicas, scaleOutTo, slowStartSeconds }: Inputs): number {
  const added = scaleOutTo - replicas;
  // w·added / (w·added + replicas) = 0.9·added / scaleOutTo, solved for the weight w, which grows from a tenth.
  const weight = (FAIR * replicas) / (scaleOutTo - FAIR * added);
  return weight <= 0.1 ? 0 : (weight * slowStartSeconds) / 60;
}
