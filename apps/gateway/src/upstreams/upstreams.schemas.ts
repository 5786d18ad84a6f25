import { POLICY_NAMES } from '@holdfast/proxy';
import { z } from 'zod';

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'Use 1 to 64 letters, digits, ".", "_" and "-", a letter or digit first.',
  );

/** Path of an upstream. */
export const upstreamParam = z.strictObject({ upstream: name });

/** Path of a destination. */
export const destinationParam = z.strictObject({ upstream: name, id: name });

/** `POST /upstreams/:upstream/destinations` */
export const destinationBody = z.strictObject({
  id: name,
  url: z.string().max(300),
  weight: z.int().min(1).max(256).optional(),
});

/** `POST …/drain`; may be left out. */
export const drainBody = z.strictObject({ deadlineMs: z.int().min(1).max(86_400_000).optional() }).prefault({});

/** `PUT /upstreams/:upstream/policy` */
export const policyBody = z.strictObject({ policy: z.enum(POLICY_NAMES, `Use ${POLICY_NAMES.join(', ')}.`) });

export type UpstreamParam = z.infer<typeof upstreamParam>;
export type DestinationParam = z.infer<typeof destinationParam>;
export type DestinationBody = z.infer<typeof destinationBody>;
export type DrainBody = z.infer<typeof drainBody>;
export type PolicyBody = z.infer<typeof policyBody>;
