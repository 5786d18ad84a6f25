import { z } from 'zod';

/** k6's own percentiles of one Trend, in milliseconds. */
export const trendSchema = z.object({
  values: z.object({ med: z.number(), 'p(95)': z.number(), 'p(99)': z.number() }),
});

export type K6Trend = z.infer<typeof trendSchema>;
