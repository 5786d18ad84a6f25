import { z } from 'zod';
import { lostRun } from '../plan/lost-run.js';
import { PLAN_ARMS } from '../planner/arms.js';
import { flagOf, readInputs } from '../planner/inputs.js';
import { readMeasuredCosts } from '../planner/measured-costs.js';
import { makePlan } from '../planner/plan.js';
import type { Run } from '../results/results.js';
import { defineRunner, type RunnerTask } from './runner.js';

/** The arm that all others are compared with. */
const MEMORY = 'local-sticky';
const names = PLAN_ARMS.map(({ name }) => name) as [string, ...string[]];

const options = z.strictObject({
  arm: z.enum(names),
  /** The inputs of `npm run lab -- plan`, by name: `users`, `priceServerHour`. */
  inputs: z.record(z.string(), z.number()).default({}),
});
type MonthlyCostOptions = z.infer<typeof options>;

const USUAL = { users: 100_000, rps: 3_000, replicas: 12 };

export default defineRunner<MonthlyCostOptions>({
  id: 'monthly-cost',
  title: 'the planner computes servers, Redis and prices of a month from the measured costs; nothing is run',
  options,
  names: {
    serverHoursSaved: 'server hours of a day that scaling in saves, of the hours of a fleet that stays',
    hoursSavedLosingNobody: 'the same, when each server waits for its last user',
    usersLostByScaleIn: 'users whom a day of scaling in logs out, of all users',
    redisCost: "Redis's part of the cost of a month, of all of it",
    costAboveMemory: 'what a month costs more than with sticky server memory, of that cost',
  },
  async run(task) {
    return [entryOf(task)];
  },
});

function entryOf({ options: asked, ...task }: RunnerTask<MonthlyCostOptions>): Run {
  const words = Object.entries({ ...USUAL, ...asked.inputs }).flatMap(([name, value]) => [flagOf(name), String(value)]);
  const { inputs, mistakes } = readInputs(words);
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  const { arms } = makePlan(inputs, readMeasuredCosts());
  const find = (name: string) => {
    const plan = arms.find(({ arm }) => arm === name);
    if (plan === undefined) throw new Error(`the planner has no arm "${name}"`);
    return plan;
  };
  const { day, month } = find(asked.arm);
  const memory = find(MEMORY).month.total;
  const share = (hit: number, of: number) => ({ hit: Math.round(hit), of: Math.round(of) });
  const arm = { name: task.arm, scenario: 'monthly-cost', engine: 'planner', options: {} };
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, users: inputs.users },
    counted: {
      serverHoursSaved: share(day.savedByScaleIn, day.serverHours),
      hoursSavedLosingNobody: share(day.savedLosingNobody, day.serverHours),
      usersLostByScaleIn: share(day.usersLost, inputs.users),
      redisCost: share(month.redis, month.total),
      costAboveMemory: share(Math.max(0, month.total - memory), memory),
    },
  };
}
