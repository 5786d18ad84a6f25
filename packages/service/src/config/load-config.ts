import type { z } from 'zod';

/** The configuration, or every problem with it, each as `VARIABLE: what is wrong and what to write`. */
export type ConfigResult<T> =
  | { readonly ok: true; readonly config: Readonly<T> }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads the environment. An empty variable counts as not set; variables outside the schema are ignored. An optional variable may
 * carry `.meta(…)`: `{ requiredInProduction: 'what to write' }` requires it where `NODE_ENV=production`; `{ requires: ['OTHER']
 * }` requires the other one beside it; `{ neededBy: { OTHER: 'value' }, hint: 'what to write' }` requires it where the other one
 * has that value; `{ refusedInProduction: 'what to do' }` refuses it where `NODE_ENV=production`.
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): ConfigResult<z.output<S>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  const missing = [
    ...missingBeside(schema, given),
    ...missingForValue(schema, given),
    ...(given.NODE_ENV === 'production'
      ? [...missingInProduction(schema, given), ...refusedInProduction(schema, given)]
      : []),
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

// An error never prints the value, which may be a secret.
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

function missingForValue(schema: z.ZodObject, given: Record<string, unknown>): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const { neededBy, hint } = (field as z.ZodType).meta() ?? {};
    if (typeof neededBy !== 'object' || neededBy === null || name in given) return [];
    const needed = Object.entries(neededBy).find(([other, value]) => given[other] === value);
    return needed === undefined ? [] : [`${name} is not set: ${needed.join('=')} needs it, ${hint}`];
  });
}

function missingInProduction(schema: z.ZodObject, given: Record<string, unknown>): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const hint = (field as z.ZodType).meta()?.requiredInProduction;
    return hint === undefined || name in given ? [] : [`${name} is not set: in production ${hint}`];
  });
}

function refusedInProduction(schema: z.ZodObject, given: Record<string, unknown>): string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const hint = (field as z.ZodType).meta()?.refusedInProduction;
    return hint === undefined || !(name in given) ? [] : [`${name}: is refused in production, ${hint}`];
  });
}
