import type { z } from 'zod';
import { crossChecks } from './cross-checks.js';
import { exampleFor } from './examples.js';
import { closestOf, settingsAt } from './known-settings.js';
import { proxyConfigSchema, proxyConfigSchemaWith, type ResolvedConfig } from './proxy-config.js';

/** One mistake in a config: its place, the mistake, and a value that would be right. */
export interface ConfigMistake {
  readonly path: string;
  readonly problem: string;
  readonly example: string;
}

export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: ResolvedConfig;
      /** Settings that are allowed but are probably mistakes: one sentence each, for an operator. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly mistakes: readonly ConfigMistake[] };

/** Thrown by `createProxy` for a config it cannot use; lists every mistake, not only the first. */
export class ConfigError extends Error {
  readonly code = 'invalid_config';
  constructor(readonly mistakes: readonly ConfigMistake[]) {
    const lines = mistakes.map(({ path, problem, example }) => `  ${path}: ${problem}, for example ${example}`);
    super(`The proxy's config has ${mistakes.length} mistake(s):\n${lines.join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Validates a config as a whole and fills in defaults. Never throws; a mistake never hides another. It may name `ownPolicies` too. */
export function parseConfig(input: unknown, ownPolicies: readonly string[] = []): ParsedConfig {
  const schema = ownPolicies.length === 0 ? proxyConfigSchema : proxyConfigSchemaWith(ownPolicies);
  const { parsed, mistakes } = checkConfig(schema, input);
  if (parsed === undefined || mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, config: parsed, warnings: warningsOf(parsed) };
}

/**
 * Validates `input` with a schema that is the proxy's or adds settings to it. `examples` are valid values of the added settings by
 * their path. `parsed` is undefined when the schema refuses the input.
 */
export function checkConfig<T>(
  schema: z.ZodType<T>,
  input: unknown,
  examples: Readonly<Record<string, string>> = {},
): { readonly parsed: T | undefined; readonly mistakes: readonly ConfigMistake[] } {
  const result = schema.safeParse(input);
  const found = result.success
    ? []
    : result.error.issues.flatMap((issue) => toMistakes(schema, input, issue, examples));
  const told = new Set(found.map(({ path }) => path));
  const between = crossChecks(input).filter(({ path }) => !told.has(path));
  return { parsed: result.data, mistakes: [...found, ...between] };
}

function toMistakes(
  schema: z.ZodType,
  input: unknown,
  issue: z.core.$ZodIssue,
  examples: Readonly<Record<string, string>>,
): ConfigMistake[] {
  const path = issue.path.map(String);
  const at = path.join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownSetting(schema, path, key, examples));
  const value = valueAt(input, issue.path);
  const example = correct(examples[at] ?? exampleFor(path), value);
  return [{ path: at || '(file)', problem: problemOf(issue, value), example }];
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'is missing';
  if (issue.code === 'invalid_union') return 'is none of the values it may have';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message.replace(/^Invalid (input|option): /, '');
}

function unknownSetting(
  schema: z.ZodType,
  path: readonly string[],
  key: string,
  examples: Readonly<Record<string, string>>,
): ConfigMistake {
  const known = settingsAt(schema, path);
  const meant = closestOf(known, key);
  const at = [...path, key].join('.');
  if (meant !== undefined) {
    const value = examples[[...path, meant].join('.')] ?? exampleFor([...path, meant]);
    return { path: at, problem: `is not a setting: did you mean ${meant}?`, example: `${meant}: ${value}` };
  }
  return { path: at, problem: `is not a setting: there are ${known.join(', ')}`, example: 'leave it out' };
}

/** Says "without quotes" when the value is the example itself in quotes, so that the example never repeats the mistake. */
function correct(example: string, value: unknown): string {
  return typeof value === 'string' && value === example ? `${example}, without quotes` : example;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function warningsOf({ upstreams, affinitySecrets }: ResolvedConfig): string[] {
  const signed = Object.entries(upstreams).find(([, { affinity }]) => affinity?.by === 'cookie');
  if (signed === undefined || affinitySecrets.length > 0) return [];
  return [
    `affinitySecrets is not set, but upstream ${signed[0]} binds clients by cookie: a random secret signs the cookies, and a restart ` +
      'unbinds every client. Set affinitySecrets: [a-long-random-string]',
  ];
}
