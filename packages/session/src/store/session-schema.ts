import { type Downgrade, upgradedBaseline } from './delta.js';
import { type HandedOut, handOut, type Serializer } from './serializer.js';
import type { SessionRecord } from './session-record.js';

/**
 * The application's own versioning of its session contents, for releases that run side by side.
 * A session of an older version is upgraded when read, and reading stores nothing. A change stores the whole session in the
 * new form or, with `downgrade`, only the changes in the old form. A newer session is read as it is, and only the attributes
 * that this release changes are written.
 */
export interface SessionSchema {
  /** Whole number of 1 or more; raise it with every incompatible change. Without a schema it is 1. */
  readonly version: number;
  /** Returns the attributes in the current form. Must not throw for any earlier version, 0 being unversioned. */
  upgrade(attributes: Record<string, unknown>, fromVersion: number): Record<string, unknown>;
  /**
   * Returns the attributes in the form of `toVersion`, which is the version before. Give it while instances of that version may run:
   * all sessions are then stored in their form. Needs a `version` of 2 or more.
   */
  downgrade?(attributes: Record<string, unknown>, toVersion: number): Record<string, unknown>;
}

const NOTHING: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** The version that this release stores. */
export function storedVersion(schema: SessionSchema | undefined): number {
  if (schema === undefined) return 1;
  return schema.downgrade === undefined ? schema.version : schema.version - 1;
}

/** The mistakes in the option, in sentences. */
export function schemaMistakes(schema: SessionSchema | undefined): string[] {
  if (schema === undefined) return [];
  const { version, upgrade, downgrade } = schema;
  const mistakes: string[] = [];
  if (!Number.isInteger(version) || version < 1) mistakes.push('schema.version: must be a whole number greater than 0');
  if (typeof upgrade !== 'function') mistakes.push('schema.upgrade: must be a function');
  if (downgrade !== undefined && typeof downgrade !== 'function') mistakes.push('schema.downgrade: must be a function');
  if (downgrade !== undefined && version === 1) {
    mistakes.push('schema.downgrade: needs a version of 2 or more; version 1 has none before it');
  }
  return mistakes;
}

/** The baseline of a session that is not stored yet. */
export function baselineOfNew(
  serializer: Serializer,
  schema: SessionSchema | undefined,
): Readonly<Record<string, string>> {
  return schema?.downgrade === undefined ? NOTHING : upgradedBaseline(NOTHING, {}, serializer, downgradeOf(schema));
}

/** Values of a stored session in the current version. */
export function openRecord(
  record: SessionRecord,
  serializer: Serializer,
  schema: SessionSchema | undefined,
  isReserved?: (name: string) => boolean,
): HandedOut {
  const out = handOut(record.attributes, serializer, isReserved);
  if (schema === undefined || record.version >= schema.version) return out;
  const values = schema.upgrade(out.values, record.version);
  return { values, baseline: upgradedBaseline(out.baseline, values, serializer, downgradeOf(schema)) };
}

function downgradeOf(schema: SessionSchema): Downgrade | undefined {
  return schema.downgrade && ((attributes) => schema.downgrade?.(attributes, schema.version - 1) ?? attributes);
}
