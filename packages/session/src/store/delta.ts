import { storedText } from './attribute-text.js';
import type { Serializer } from './serializer.js';

/** What to change in a stored session. */
export interface Delta {
  /** Attribute name → text to store. */
  readonly set: ReadonlyArray<readonly [name: string, text: string]>;
  readonly remove: readonly string[];
}

/** For a baseline in an upgraded form: what the store still holds. */
const storedForms = new WeakMap<object, Readonly<Record<string, string>>>();

/** The baseline of values that were upgraded when read: to read them changes nothing, and a change stores the upgrade with it. */
export function upgradedBaseline(
  stored: Readonly<Record<string, string>>,
  values: Record<string, unknown>,
  serializer: Serializer,
): Readonly<Record<string, string>> {
  const delta = difference(stored, values, serializer);
  if (delta === undefined) return stored;
  const baseline = applyDelta(stored, delta);
  storedForms.set(baseline, stored);
  return baseline;
}

/**
 * Only the attributes whose stored form differs, so that parallel requests that change others do not undo each other.
 * Throws `SessionValueError` for a value that cannot be stored.
 */
export function findDelta(
  before: Readonly<Record<string, string>>,
  now: object,
  serializer: Serializer,
  skip?: string,
): Delta | undefined {
  const delta = difference(before, now, serializer, skip);
  const stored = storedForms.get(before);
  return delta === undefined || stored === undefined ? delta : difference(stored, now, serializer, skip);
}

function difference(
  before: Readonly<Record<string, string>>,
  now: object,
  serializer: Serializer,
  skip?: string,
): Delta | undefined {
  let set: Array<readonly [string, string]> | undefined;
  let remove: string[] | undefined;
  const values = now as Record<string, unknown>;
  for (const name of Object.keys(values)) {
    if (name === skip) continue;
    const text = storedText(values, name, serializer);
    if (text !== undefined && before[name] !== text) set = [...(set ?? []), [name, text]];
    if (text === undefined && name in before) remove = [...(remove ?? []), name];
  }
  for (const name in before) {
    if (name !== skip && !Object.hasOwn(values, name)) remove = [...(remove ?? []), name];
  }
  return set === undefined && remove === undefined ? undefined : { set: set ?? [], remove: remove ?? [] };
}

/** The stored attributes after the delta. */
export function applyDelta(before: Readonly<Record<string, string>>, delta: Delta): Record<string, string> {
  const after: Record<string, string> = Object.assign(Object.create(null), before);
  for (const [name, text] of delta.set) after[name] = text;
  for (const name of delta.remove) delete after[name];
  return after;
}
