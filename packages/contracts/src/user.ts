import { z } from 'zod';

/** The part of a user that every service may show. */
export const userSchema = z.object({ id: z.string(), name: z.string() });

export type User = z.infer<typeof userSchema>;
