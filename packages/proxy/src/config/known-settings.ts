import { z } from 'zod';

/** The schema of the value at `path`; undefined where no value is allowed. */
function schemaAt(schema: z.ZodType, path: readonly string[]): z.ZodType | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const next = alternativesOf(schema)
    .map((alternative) => stepInto(alternative, key))
    .find((found) => found !== undefined);
  return next === undefined ? undefined : schemaAt(next, rest);
}

/** The names of the settings that are allowed at `path`. */
export function settingsAt(schema: z.ZodType, path: readonly string[]): string[] {
  const found = schemaAt(schema, path);
  return found === undefined
    ? []
    : alternativesOf(found).flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : []));
}

/** The one of `names` that `name` was probably meant to be. */
export function closestOf(names: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = names
    .map((each) => ({ each, away: distance(each.toLowerCase(), wanted) }))
    .sort((a, b) => a.away - b.away);
  const [best] = ranked;
  return best !== undefined && best.away <= Math.max(1, Math.floor(wanted.length / 3)) ? best.each : undefined;
}

/** The schemas behind defaults, optionals and unions. */
function alternativesOf(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return alternativesOf(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => alternativesOf(option as z.ZodType));
  return [schema];
}

function stepInto(schema: z.ZodType, key: string): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return undefined;
}

/** The number of letters that must be added, removed or replaced to turn one name into the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
