import { storedText } from './attribute-text.js';
import type { Serializer } from './serializer.js';

/** The changes to a stored session. */
export interface Delta {
  /** Attribute name → text to store. */
  readonly set: ReadonlyArray<readonly [name: string, text: string]>;
  readonly remove: readonly string[];
  /** The same change in the form that the application sees, where the store holds another. */
  readonly seen?: Delta;
}

/** The form in which the store holds a session whose baseline is in another form. */
interface StoredForm {
  readonly stored: Readonly<Record<string, string>>;
  /** Gives the stored form of changed values; undefined when a change stores the session whole, as the application sees it. */
  readonly downgrade: Downgrade | undefined;
}

export type Downgrade = (attributes: Record<string, unknown>) => Record<string, unknown>;

const storedForms = new WeakMap<object, StoredForm>();

/** The baseline of values that were upgraded when read: reading them changes nothing. */
export function upgradedBaseline(
  stored: Readonly<Record<string, string>>,
  values: Record<string, unknown>,
  serializer: Serializer,
  downgrade: Downgrade | undefined,
): Readonly<Record<string, string>> {
  const delta = difference(stored, values, serializer);
  if (delta === undefined && downgrade === undefined) return stored;
  const baseline = patch(stored, delta ?? { set: [], remove: [] });
  storedForms.set(baseline, { stored, downgrade });
  return baseline;
}

/**
 * Finds only the attributes whose stored form differs, so that parallel requests that change others do not undo each other.
 * Throws `SessionValueError` for a value that cannot be stored.
 */
export function findDelta(
  before: Readonly<Record<string, string>>,
  now: object,
  serializer: Serializer,
  skip?: string,
): Delta | undefined {
  const seen = difference(before, now, serializer, skip);
  const form = storedForms.get(before);
  if (seen === undefined || form === undefined) return seen;
  const delta = difference(form.stored, form.downgrade?.({ ...now }) ?? now, serializer, skip);
  return delta && { ...delta, seen };
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
    if (text !== undefined && before[name] !== text && !isRespelled(before[name], text, serializer))
      set = [...(set ?? []), [name, text]];
    if (text === undefined && name in before) remove = [...(remove ?? []), name];
  }
  for (const name in before) {
    if (name !== skip && !Object.hasOwn(values, name)) remove = [...(remove ?? []), name];
  }
  return set === undefined && remove === undefined ? undefined : { set: set ?? [], remove: remove ?? [] };
}

/** Other languages write the same JSON with other spaces, escapes or numbers. Storing it our way would undo a parallel write. */
function isRespelled(stored: string | undefined, text: string, serializer: Serializer): boolean {
  if (stored === undefined) return false;
  try {
    return serializer.stringify(serializer.parse(stored)) === text;
  } catch {
    return false;
  }
}

/** The baseline after the delta was written. */
export function applyDelta(before: Readonly<Record<string, string>>, delta: Delta): Record<string, string> {
  const after = patch(before, delta.seen ?? delta);
  const form = storedForms.get(before);
  const isStoredWhole = delta.seen !== undefined && form?.downgrade === undefined;
  if (form !== undefined && !isStoredWhole) storedForms.set(after, { ...form, stored: patch(form.stored, delta) });
  return after;
}

function patch(before: Readonly<Record<string, string>>, delta: Delta): Record<string, string> {
  const after: Record<string, string> = Object.assign(Object.create(null), before);
  for (const [name, text] of delta.set) after[name] = text;
  for (const name of delta.remove) delete after[name];
  return after;
}
