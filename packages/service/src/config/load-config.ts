import type { z } from 'zod';

/** The configuration, or every problem with it, each as `VARIABLE: what is wrong and what to write`. */
export type ConfigResult<T> =
  | { readonly ok: true; readonly config: Readonly<T> }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the environment. A variable set to nothing counts as not set; variables the schema does not name are ignored. One
 * that is optional but carries `.meta({ requiredInProduction: 'what to write' })` must be set where `NODE_ENV=production`; one
 * that carries `.meta({ requires: ['OTHER'] })` needs the other to be set too.
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): ConfigResult<z.output<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  const missing = [
    ...missingBeside(schema, given),
    ...(given.NODE_ENV === 'production' ? missingInProduction(schema, given) : []),
  ];
  if (parsed.success && missing.length === 0) return { ok: true, config: Object.freeze(parsed.data) };
  const wrong = parsed.error?.issues.map((issue) => describe(issue, given)) ?? [];
  return { ok: false, problems: [...wrong, ...missing] };
}

/** Reads the environment once, at boot. On a mistake it prints every problem to stderr and ends the process with 1. */
export function loadConfig<S extends z.ZodObject>(
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
  const name = String(issue.path[0] ?? '');
  if (name === '') return issue.message;
  return name in given ? `${name}: ${issue.message}` : `${name} is not set: ${issue.message}`;
}

function missingBeside(schema: z.ZodObject, given: Record<string, unknown>): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const required = (field as z.ZodType).meta()?.requires;
    if (!Array.isArray(required) || !(name in given)) return [];
    return required.filter((other) => !(other in given)).map((other) => `${other} is not set: ${name} needs it`);
  });
}

function missingInProduction(schema: z.ZodObject, given: Record<string, unknown>): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const hint = (field as z.ZodType).meta()?.requiredInProduction;
    return hint === undefined || name in given ? [] : [`${name} is not set: in production ${hint}`];
  });
}
