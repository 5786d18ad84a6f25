import { z } from 'zod';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };

/** `500ms`, `10s`, `2m` as milliseconds; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNIT_MS[unit] ?? Number.NaN);
}

/** A duration in a file, as milliseconds. */
export const duration = z.string().transform((text, context) => {
  const ms = readDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'Use a number with a unit: 500ms, 10s or 2m.' });
  return z.NEVER;
});
