import { describe, expect, test } from '@jest/globals';
import { readInputs } from './inputs.js';
import { type ArmFromResults, readMeasuredCosts } from './measured-costs.js';
import { type ArmPlan, makePlan } from './plan.js';
import { printPlan } from './print-plan.js';

const costs = readMeasuredCosts();

function planOf(words: readonly string[], results?: ReadonlyMap<string, ArmFromResults>): Record<string, ArmPlan> {
  const { arms } = makePlan(readInputs(words).inputs, costs, results);
  return Object.fromEntries(arms.map((arm) => [arm.arm, arm]));
}

const words = ['--users', '2e5', '--rps', '5000', '--replicas', '40'];
const { 'local-sticky': local, shared, 'near-cache': cached, hybrid } = planOf(words);

describe('users lost', () => {
  test('server memory: a crash takes the users of one server, a shared store keeps all', () => {
    expect(local?.crash.usersLost).toBe(5000);
    for (const arm of [shared, cached, hybrid]) {
      expect(arm?.crash.usersLost).toBe(0);
      expect(arm?.deploy.atOnce.logins).toBe(0);
      expect(arm?.scaleIn.lostAtOnce).toBe(0);
    }
  });

  test('a drain loses fewer than none, and more the longer sessions last', () => {
    const lost = (minutes: string) =>
      planOf([...words, '--session-minutes', minutes])['local-sticky']?.deploy.drained.users ?? 0;
    expect(lost('2')).toBeLessThan(lost('30'));
    expect(lost('30')).toBeLessThan(local?.deploy.atOnce.users ?? 0);
  });

  test('scale-in by drain alone waits for the last of its users', () => {
    expect(local?.scaleIn.lastUserMinutes).toBeGreaterThan(30 * Math.log(14 * 5000));
    expect(local?.scaleIn.lastUserMinutes95).toBeGreaterThan(local?.scaleIn.lastUserMinutes ?? 0);
    expect(shared?.scaleIn.lastUserMinutes).toBe(0);
  });
});

test('a near cache that users visit at random helps less with more servers, one with a favourite server does not care', () => {
  const hits = (arm: 'near-cache' | 'hybrid', replicas: string) =>
    planOf(['--users', '2e4', '--rps', '5000', '--replicas', replicas, '--cache-sessions', '1e6'])[arm]?.nearCache
      ?.hits ?? 0;
  expect(hits('near-cache', '3')).toBeGreaterThan(2 * hits('near-cache', '100'));
  expect(hits('hybrid', '3')).toBeCloseTo(hits('hybrid', '100'), 6);
});

test('servers, shards and gateways follow from the costs', () => {
  const twice = planOf(['--users', '4e5', '--rps', '10k', '--replicas', '40', '--spare', '0']);
  const once = planOf([...words, '--spare', '0']);
  expect((twice.shared?.servers.needed ?? 0) / (once.shared?.servers.needed ?? 1)).toBeCloseTo(2, 1);
  expect(twice.shared?.redis.memoryBytes).toBeGreaterThan(1.9 * (once.shared?.redis.memoryBytes ?? 0));
  expect(local?.redis.memoryBytes).toBe(0);
});

test('memory decides where sessions are many and requests few', () => {
  expect(
    planOf(['--users', '1e7', '--rps', '100', '--replicas', '4', '--session-minutes', '1e5'])['local-sticky']?.servers
      .boundBy,
  ).toBe('memory');
});

test('scale-in over the day saves less where servers wait until nobody is lost', () => {
  expect(local?.day.savedLosingNobody).toBeLessThan(local?.day.savedByScaleIn ?? 0);
  expect(local?.day.usersLost).toBeGreaterThan(0);
  expect(shared?.day.savedLosingNobody).toBe(shared?.day.savedByScaleIn);
});

test('costs of a run take the place of those in the file, for its arm alone', () => {
  const run = new Map([
    ['shared', { cpuUs: { gateway: 100, servers: 100_000, redis: 10 }, maxShareOverMean: 1, runs: 2 }],
  ]);
  const changed = planOf(words, run);
  expect(changed.shared?.servers.needed).toBeGreaterThan(500_000 / 1000);
  expect(changed.hybrid).toEqual(hybrid);
});

test('prices of zero cost nothing, and the text names the price it used', () => {
  const free = ['--price-server-hour', '0', '--price-redis-gb-hour', '0', '--price-traffic-gb', '0'];
  expect(planOf([...words, ...free]).hybrid?.month.total).toBe(0);
  const { inputs, assumptions } = readInputs(words);
  const text = printPlan(makePlan(inputs, costs), inputs, assumptions);
  expect(text).toMatch(/--price-server-hour +0\.05 +assumed/);
  expect(text).toMatch(/--users +200 000 +input/);
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
});
