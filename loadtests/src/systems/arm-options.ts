import { z } from 'zod';

/** The options of an arm besides its scenario. */
export const armOptionsSchema = z.strictObject({
  /** The delay of answers of Redis, which is then behind Toxiproxy. */
  redisRoundTripMs: z.int().min(0).max(1_000).optional(),
  /** Servers during the run, when they are not as many as usual. */
  servers: z.int().min(1).max(12).optional(),
});

export type ArmOptions = z.infer<typeof armOptionsSchema>;
