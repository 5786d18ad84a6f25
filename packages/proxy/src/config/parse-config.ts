import type { z } from 'zod';
import { exampleFor } from './examples.js';
import { proxyConfigSchema, type ResolvedConfig } from './proxy-config.js';

/** One mistake in a config: where, what is wrong, and a value that would be right. */
export interface ConfigMistake {
  readonly path: string;
  readonly problem: string;
  readonly example: string;
}

export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: ResolvedConfig;
      /** What is allowed, but seldom meant: one sentence each, for an operator. */
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

/** Validates a config as a whole and fills in defaults. Never throws; a mistake never hides another. */
export function parseConfig(input: unknown): ParsedConfig {
  const parsed = proxyConfigSchema.safeParse(input);
  if (!parsed.success) return { ok: false, mistakes: parsed.error.issues.flatMap(toMistakes) };
  const mistakes = crossChecks(parsed.data);
  if (mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, config: parsed.data, warnings: warningsOf(parsed.data) };
}

function toMistakes(issue: z.core.$ZodIssue): ConfigMistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => mistake([...issue.path, key], 'is not a setting'));
  }
  if (issue.code === 'invalid_union') {
    return [mistake(issue.path, 'is none of the values it may have')];
  }
  return [mistake(issue.path, issue.message.replace(/^Invalid input: /, ''))];
}

function mistake(path: readonly PropertyKey[], problem: string): ConfigMistake {
  const text = path.map(String);
  return { path: text.join('.') || '(file)', problem, example: exampleFor(text) };
}

function crossChecks(config: ResolvedConfig): ConfigMistake[] {
  const mistakes: ConfigMistake[] = [];
  config.routes.forEach((route, index) => {
    if (!Object.hasOwn(config.upstreams, route.upstream)) {
      mistakes.push(mistake(['routes', String(index), 'upstream'], `"${route.upstream}" is not one of the upstreams`));
    }
    const same = config.routes.findIndex((other) => other.host === route.host && other.path === route.path);
    if (same < index) {
      mistakes.push(mistake(['routes', String(index)], `has the host and path of routes.${same}`));
    }
  });
  for (const [name, upstream] of Object.entries(config.upstreams)) {
    const at = ['upstreams', name];
    const ids = upstream.destinations.map(({ id }) => id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) < index) {
        mistakes.push(mistake([...at, 'destinations', String(index), 'id'], `"${id}" is used twice`));
      }
    });
    if (upstream.affinity?.by === 'cookie' && upstream.affinity.cookie === undefined) {
      mistakes.push(mistake([...at, 'affinity', 'cookie'], 'is missing'));
    }
    if (upstream.affinity?.sliding === true && upstream.affinity.maxAgeSeconds === undefined) {
      mistakes.push(mistake([...at, 'affinity', 'sliding'], 'only goes with maxAgeSeconds'));
    }
    if (upstream.hash !== undefined && upstream.policy !== 'consistent-hash') {
      mistakes.push(mistake([...at, 'hash'], 'only goes with policy: consistent-hash'));
    }
    if (upstream.boundedLoad !== undefined && !upstream.policy.endsWith('-hash')) {
      mistakes.push(mistake([...at, 'boundedLoad'], 'only goes with ip-hash and consistent-hash'));
    }
  }
  return mistakes;
}

function warningsOf({ upstreams, affinitySecrets }: ResolvedConfig): string[] {
  const signed = Object.entries(upstreams).find(([, { affinity }]) => affinity?.by === 'cookie');
  if (signed === undefined || affinitySecrets.length > 0) return [];
  return [
    `affinitySecrets is not set, but upstream ${signed[0]} binds clients by cookie: a random secret signs the cookies, and a restart ` +
      'unbinds every client. Set affinitySecrets: [a-long-random-string]',
  ];
}
