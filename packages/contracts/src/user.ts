import { z } from 'zod';

/** Who someone is, as every service may show it. */
export const userSchema = z.object({ id: z.string(), name: z.string() });

export type User = z.infer<typeof userSchema>;
