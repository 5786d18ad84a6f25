import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Run, resultsSchema } from '../results/results.js';
import { PLAN_ARMS } from './arms.js';
import { redisMemory } from './exact.js';
import { readInputs } from './inputs.js';
import { readMeasuredCosts } from './measured-costs.js';
import { makePlan } from './plan.js';
import { demandOf } from './redis-load.js';

/**
 * A run of the real system on three replicas, 2026-11-26: `npm start -- --scenarios <scenario>` with a Redis of its own. 301 users
 * registered, logged out and logged in; then 4500 requests of random users over 8 connections, 30 % GET /auth/me, 45 % GET /todos, 25 %
 * PATCH /todos/:id; then every process of server 2 was killed and each user asked GET /auth/me. Operations and bytes are the differences of INFO
 * commandstats and INFO stats, what the idle system takes subtracted (205 operations a second of the cached fleet, as its idle phases of
 * another start had over 15 s: the sweep of expired sessions comes in bursts every 5 s); memory is MEMORY USAGE of every key of sessions. The
 * costs that the planner starts from come from another run, of `npm run lab -- measure-costs`.
 */
const FILE = join(import.meta.dirname, '../../src/planner/fixtures/three-replicas.json');
const { runs } = resultsSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
const costs = readMeasuredCosts();
const REPLICAS = 3;

function runOf(scenario: string, phase: Run['phase']): Run {
  const run = runs.find((one) => one.scenario === scenario && one.phase === phase);
  if (run === undefined) throw new Error(`the fixture has no ${phase} of ${scenario}`);
  return run;
}

function amount(run: Run, name: string): number {
  const value = run.estimated[name];
  if (value === undefined) throw new Error(`the run does not tell ${name}`);
  return value;
}

function expectWithinAFifth(planned: number, counted: number): void {
  expect(planned / counted).toBeGreaterThan(0.8);
  expect(planned / counted).toBeLessThan(1.2);
}

/** Planned for the load of a run: as much of each kind of request as it had. */
function demandOfRun(scenario: string) {
  const arm = PLAN_ARMS.find((one) => one.scenario === scenario);
  if (arm === undefined) throw new Error(`no arm has ${scenario}`);
  const run = runOf(scenario, 'before');
  const seconds = run.durationSeconds;
  const perSecond = {
    login: amount(run, 'requests.login') / seconds,
    me: amount(run, 'requests.me') / seconds,
    read: amount(run, 'requests.read') / seconds,
    write: amount(run, 'requests.write') / seconds,
  };
  const demand = demandOf(
    arm,
    {
      ...{ users: run.users, replicas: REPLICAS, perSecond, sessionWrites: 0, idleMinutes: 30, cacheSessions: 10_000 },
      requestsPerSession: ((perSecond.me + perSecond.read + perSecond.write) * seconds) / run.users,
    },
    costs,
  );
  return { run, arm, demand, seconds };
}

describe.each(['sticky-cookie-local', 'round-robin-cached'])(
  'given the load of a run on three replicas: %s',
  (scenario) => {
    test('the users lost when a server dies are those of the run', () => {
      const run = runOf(scenario, 'after');
      const { hit, of } = run.counted.loggedOut ?? { hit: Number.NaN, of: Number.NaN };
      const { inputs } = readInputs(['--users', String(of), '--rps', String(run.requestsPerSecond), '--replicas', '3']);
      const planned = makePlan(inputs, costs).arms.find(
        ({ arm }) => PLAN_ARMS.find(({ name }) => name === arm)?.scenario === scenario,
      );
      if (hit === 0) expect(planned?.crash.usersLost).toBe(0);
      else expectWithinAFifth(planned?.crash.usersLost ?? 0, hit);
    });

    test('operations of Redis', () => {
      const { run, demand, seconds } = demandOfRun(scenario);
      expectWithinAFifth(demand.redisOperations * seconds, amount(run, 'redisOperations'));
    });

    test('bytes to and from Redis, and to and from clients', () => {
      const { run, demand, seconds } = demandOfRun(scenario);
      expectWithinAFifth(demand.redisBytes * seconds, amount(run, 'redisBytes'));
      expectWithinAFifth(demand.clientBytes * seconds, amount(run, 'clientBytes'));
    });

    test('bytes that sessions take in Redis', () => {
      const { run, arm } = demandOfRun(scenario);
      const planned = redisMemory(amount(run, 'sessions'), costs.stores[arm.store].sessionBytes);
      if (arm.store === 'memory') expect(planned).toBe(0);
      else expectWithinAFifth(planned, amount(run, 'redisMemoryBytes'));
    });
  },
);
