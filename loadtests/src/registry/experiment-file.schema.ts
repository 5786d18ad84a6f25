import { z } from 'zod';
import { duration, USUAL_LOAD } from '../loads/load.js';

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

/** Its settings are those of its kind. */
const load = z.looseObject({
  kind: z.string('is no name; name how users come, such as partly-open').default(USUAL_LOAD),
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
  rule: Object.keys(rule.shape),
  variant: Object.keys(variant.shape),
};
