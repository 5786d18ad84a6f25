import { parse } from 'yaml';
import type { Counted } from '../results/results.js';

/** A version of an app, as texts. */
export interface AppFiles {
  readonly code: string;
  /** YAML; empty when there is none. */
  readonly configuration: string;
  /** The processes beside the app. */
  readonly processes: readonly string[];
}

/** The effort of a change from one version of an app to another, by the names that rules use. */
export function effortBetween(from: AppFiles, to: AppFiles) {
  const code = changedLines(linesOf(from.code, '//'), linesOf(to.code, '//'));
  const configuration = changedLines(linesOf(from.configuration, '#'), linesOf(to.configuration, '#'));
  return {
    linesChanged: { hit: code.hit + configuration.hit, of: code.of + configuration.of },
    'linesChanged.code': code,
    'linesChanged.configuration': configuration,
    dependenciesAdded: added(packagesOf(from.code), packagesOf(to.code)),
    settingsAdded: added(settingsOf(from), settingsOf(to)),
    processesAdded: added(from.processes, to.processes),
  } satisfies Record<string, Counted>;
}

/** Lines with content: neither empty nor a comment. */
function linesOf(text: string, comment: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.trimStart().startsWith(comment));
}

/** The number of lines removed and added, as in a diff: those outside of the longest common subsequence. */
function changedLines(from: readonly string[], to: readonly string[]): Counted {
  // Lengths of the longest common subsequence of the lines so far and the first n lines of `to`.
  let lengths = new Array<number>(to.length + 1).fill(0);
  for (const line of from) {
    const next = [0];
    for (const [n, other] of to.entries())
      next.push(line === other ? (lengths[n] ?? 0) + 1 : Math.max(lengths[n + 1] ?? 0, next[n] ?? 0));
    lengths = next;
  }
  const of = from.length + to.length;
  return { hit: of - 2 * (lengths[to.length] ?? 0), of };
}

/** Packages that a module imports; modules of Node are not counted. */
function packagesOf(code: string): string[] {
  const imported = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, name = '']) => name);
  return imported
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

/** Each environment variable that the code reads, and each value of the configuration with its place. */
function settingsOf({ code, configuration }: AppFiles): string[] {
  const variables = [...code.matchAll(/\bprocess\.env\.(\w+)/g)].map(([, name = '']) => name);
  return [...variables, ...valuesOf(parse(configuration))];
}

function valuesOf(value: unknown, place = ''): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [`${place}=${String(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => valuesOf(inner, `${place}/${key}`));
}

function added(from: readonly string[], to: readonly string[]): Counted {
  const all = new Set(to);
  return { hit: [...all].filter((one) => !from.includes(one)).length, of: all.size };
}
