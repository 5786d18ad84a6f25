import { z } from 'zod';

/** The configuration, or every problem with it, each as `VARIABLE: what is wrong and what to write`. */
export type ConfigResult<T> =
  | { readonly ok: true; readonly config: Readonly<T> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the environment. A variable set to nothing counts as not set; variables the schema does not name are ignored. */
export function readConfig<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): ConfigResult<z.output<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, config: Object.freeze(parsed.data) };
  return { ok: false, problems: parsed.error.issues.map((issue) => describe(issue, given)) };
}

/** Reads the environment once, at boot. On a mistake it prints every problem to stderr and ends the process with 1. */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  env: NodeJS.ProcessEnv = process.env,
): Readonly<z.output<S>> {
  const result = readConfig(schema, env);
  if (result.ok) return result.config;
  process.stderr.write(`Configuration:\n${result.problems.map((problem) => `  - ${problem}\n`).join('')}`);
  process.exit(1);
}

// The value itself is never printed: it may be a secret.
function describe(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = issue.path.join('.');
  if (name === '') return issue.message;
  return name in given ? `${name}: ${issue.message}` : `${name} is not set: ${issue.message}`;
}
