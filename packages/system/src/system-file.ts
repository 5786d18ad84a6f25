import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { expectationShape, policyShape, sessionStoreShape } from './scenario.js';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case words joined by "-"');

const systemSchema = z
  .strictObject({
    apps: z.record(
      name,
      z.strictObject({ main: z.string().min(1), routes: z.array(z.string().startsWith('/')).min(1) }),
    ),
    fleets: z.record(
      name,
      z.strictObject({
        apps: z.array(name).min(1),
        /** The place of its state, in words for the page. */
        title: z.string().min(1).optional(),
        env: z
          .object({
            SESSION_STORE: sessionStoreShape.default('cached'),
            TODO_STORE: z.enum(['memory', 'redis']).default('redis'),
          })
          .catchall(z.string())
          .prefault({}),
        /** The number of processes of each app; REPLICAS by default. */
        replicas: z.int().min(1).max(20).optional(),
        /** Part of a plain start; other fleets start on demand. */
        byDefault: z.boolean().default(false),
        /** Destination ids are `auth-1` rather than `<fleet>-auth-1`. */
        plainIds: z.boolean().default(false),
      }),
    ),
    scenarios: z.record(
      name,
      z.strictObject({
        fleet: name,
        policy: policyShape,
        /** Bind each client to its destination by a signed cookie. */
        affinity: z.boolean().default(false),
        /** Default: routing × state, in words. */
        title: z.string().min(1).optional(),
        /** One sentence for the page's audience. */
        story: z.string().default(''),
        /** Its expected behaviour, for the page and the lab. */
        expect: expectationShape.optional(),
      }),
    ),
    active: name,
  })
  .superRefine((system, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [fleet, { apps }] of Object.entries(system.fleets)) {
      for (const app of apps) {
        if (!Object.hasOwn(system.apps, app)) complain(['fleets', fleet, 'apps'], `there is no app "${app}"`);
      }
    }
    for (const [scenario, { fleet }] of Object.entries(system.scenarios)) {
      if (!Object.hasOwn(system.fleets, fleet))
        complain(['scenarios', scenario, 'fleet'], `there is no fleet "${fleet}"`);
    }
    if (!Object.hasOwn(system.scenarios, system.active))
      complain(['active'], `there is no scenario "${system.active}"`);
  });

/** The apps, fleets and scenarios that exist. */
export type System = z.infer<typeof systemSchema>;

/** Reads the text of a system file. Throws an error that lists every mistake with its path. */
export function parseSystem(text: string): System {
  const parsed = systemSchema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`system.yaml has ${mistakes.length} mistake(s):\n${mistakes.join('\n')}`);
}

/** Reads the system file at `path`. Throws an error that lists every mistake with its path. */
export function readSystem(path: string): System {
  return parseSystem(readFileSync(path, 'utf8'));
}
