import { z } from 'zod';
import { readDuration } from '../loads/duration.js';

const duration = z
  .string('is no duration; write a number with a unit: 500ms, 10s or 2m')
  .refine((text) => readDuration(text) !== undefined, 'is no duration; write a number with a unit: 500ms, 10s or 2m');
const sentence = (fix: string) => z.string(fix).trim().min(1, fix);
const claim = z.int('is no number of a claim; write one of docs/claims.md, such as 9').nonnegative();

/** An arm's name is used in rules, so it has no spaces, commas or brackets. */
const ARM_NAME = /^[A-Za-z_][\w.@=:+-]*$/;
const variant = z.object({
  name: z
    .string('is missing; name the arm as its rules call it')
    .regex(ARM_NAME, 'is no name; write letters, digits and dashes'),
  scenario: z.string('is no name; name the scenario that the arm runs').optional(),
  env: z.record(z.string(), z.string('is no text; put it in quotes')).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

/** An arm that is not a scenario as it is. */
export type Variant = z.infer<typeof variant> & { readonly scenario: string };

const rule = z.object({
  say: sentence('is missing; write the sentence that holds or does not'),
  claim: claim.optional(),
  counted: z.string('is no text; write measure(arms) is 0').optional(),
  each: z.string('is no text; write measure(arms) is 0').optional(),
  estimated: z.string('is no text; write ratio(measure, a, b) < 1.1').optional(),
  atMost: z
    .number('is no number; write a share such as 0.1')
    .gt(0, 'is no share; write 0.1 for 10 %')
    .lt(1, 'is no share; write 0.1 for 10 %')
    .optional(),
});

const load = z.object({
  users: z
    .int('is no number of users; write a whole number such as 61')
    .min(20, 'are too few; a run needs 20 users')
    .max(5_000, 'are too many; write at most 5000'),
  requestsPerUser: z
    .string('is no rate; write requests of one user in a second: 0.7/s')
    .regex(/^(?!0+(\.0+)?\/)\d+(\.\d+)?\/s$/, 'is no rate; write requests of one user in a second: 0.7/s'),
  spacing: z.enum(['exponential', 'even'], 'is unknown; write exponential or even').optional(),
  warmUp: duration,
  measure: duration,
  addresses: z.enum(['own', 'one', 'moving'], 'is unknown; write own, one or moving').optional(),
  heavyUsers: z.int('is no number of users; write a whole number such as 10').min(1).max(1_000).optional(),
});

/** Each part of an experiment's file, checked by itself so that one mistake does not hide another. */
export const parts = {
  question: sentence('is missing; write the question that the experiment answers'),
  claim: claim.nullable().default(null),
  set: z.enum(['quick', 'standard', 'deep'], 'is unknown; write quick, standard or deep').optional(),
  arms: z
    .array(
      z.union([z.string(), variant], 'is no arm; write a scenario, or { name, scenario, env }'),
      'are missing; list scenarios: [round-robin-cached]',
    )
    .min(1, 'are missing; list scenarios: [round-robin-cached]'),
  runner: z.string('is no name; name what runs the arms, such as failover').optional(),
  blocks: z
    .int('is no number of blocks; write 1 where one block decides the rules')
    .min(1, 'is no number of blocks; write 1 where one block decides the rules')
    .max(100, 'are too many; write at most 100')
    .optional(),
  twin: z.string('is no name; write the arm that is started twice').optional(),
  journey: z.string('is no name; name what the users do, such as todos').optional(),
  load: load.optional(),
  disturb: z
    .array(
      z.looseObject({ at: duration }, 'is no disturbance; write { at: 20s, kill: server-2 }'),
      'is no list; write [{ at: 20s, kill: server-2 }]',
    )
    .default([]),
  rules: z
    .array(rule, 'are missing; write at least one with say and counted, each or estimated')
    .min(1, 'are missing; write at least one with say and counted, each or estimated'),
};

export const KEYS = {
  file: Object.keys(parts),
  load: Object.keys(load.shape),
  rule: Object.keys(rule.shape),
  variant: Object.keys(variant.shape),
};
