import { z } from 'zod';

const appPlan = z.strictObject({
  /** The name the control API scales by, such as `auth`. */
  app: z.string().min(1),
  /** The group of apps that belong together, such as `cached`. */
  fleet: z.string().min(1),
  /** Replica n is called `<idPrefix>-<n>`, n from 1. */
  idPrefix: z.string().min(1),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  cwd: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  replicas: z.number().int().min(0).max(50),
  /** Only a request that names its fleet scales it, because its number of replicas belongs to its scenario. */
  scaledAlone: z.boolean().default(false),
  /** A fixed port, for an app with one replica; otherwise each replica gets a free one and keeps it. */
  port: z.number().int().min(1).max(65_535).optional(),
});

/** The processes to run: one entry per app of each fleet. */
export const fleetPlan = z.strictObject({ apps: z.array(appPlan) });

export type AppPlan = z.infer<typeof appPlan>;
export type FleetPlan = z.input<typeof fleetPlan>;
