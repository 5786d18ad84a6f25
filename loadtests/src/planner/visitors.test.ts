import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { milliseconds } from '../loads/load.js';
import { seededRandom } from '../loads/seeded-random.js';
import { loadExperiments } from '../registry/experiments.js';
import { loadRegistry } from '../registry/registry.js';
import { readCountedRule } from '../rules/read-rule.js';
import { BoundFleet } from './bound-fleet.js';
import { boundUsersOptions, changeUnderUsers } from './bound-users.js';

// The real runs of these experiments have to give what the simulation gives: it lies within the ranges of their rules.
const experiments = loadExperiments(join(import.meta.dirname, '../../experiments'), await loadRegistry());

function ofExperiment(name: string, measure: string) {
  const experiment = experiments.find((one) => one.name === name);
  if (experiment === undefined) throw new Error(`there is no experiment ${name}`);
  const { arms, rules, load, disturb } = experiment;
  const expected = rules
    .flatMap(({ counted = '' }) => readCountedRule(counted, arms).clauses)
    .find((clause) => clause.measure === measure && clause.arms.includes('sticky-cookie-local'))?.expected;
  if (expected?.kind !== 'between') throw new Error(`${name} has no range of ${measure}`);
  const minutes = (text: unknown): number => milliseconds(String(text)) / 60_000;
  const untilEnd = minutes(load.warmUp) + minutes(load.measure) - minutes(disturb[0]?.at);
  return { expected, stay: minutes(load.stay), scale: disturb[0]?.scale, untilEnd };
}

test('the part of its users that a drained server logs out', () => {
  const { expected, stay, scale } = ofExperiment('drained-server-of-visitors', 'loggedOut.bound');
  const { to, drainSeconds } = scale as { to: number; drainSeconds: number };
  const options = { change: 'scale-in', scaleTo: to, drainMinutes: drainSeconds / 60, sessionMinutes: stay };
  const { hit = 0, of = 1 } = changeUnderUsers(boundUsersOptions.parse(options), 1).counted.usersOut ?? {};
  const ofItsUsers = (hit / of) * 3;
  expect(ofItsUsers).toBeGreaterThan(expected.low + 0.1);
  expect(ofItsUsers).toBeLessThan(expected.high - 0.1);
});

test('the part of the requests that new servers answer until the run ends', () => {
  const { expected, stay, scale, untilEnd } = ofExperiment('new-servers-for-visitors', 'onNewServers');
  const fleet = new BoundFleet({
    ...{ servers: 3, sample: 3_000, sessionMinutes: stay, policy: 'round-robin', inFlightPerUser: 0 },
    ...{ slowStartMinutes: 0, random: seededRandom(1) },
  });
  fleet.add(Number(scale) - 3);
  // The new servers need some seconds to start; the mean of the shares after that.
  const shares = Array.from({ length: 60 }, () => {
    fleet.advance((untilEnd - 5 / 60) / 60);
    return fleet.share(3, Number(scale));
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  expect(mean).toBeGreaterThan(expected.low + 0.03);
  expect(mean).toBeLessThan(expected.high - 0.03);
});
