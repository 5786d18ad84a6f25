/**
 * A session as Redis holds it: one hash field per attribute (`=name`), and our own fields (`@x`). Attribute values stay
 * in their stored form, so that changes are found by comparing, and a copy costs nothing.
 */
export interface SessionRecord {
  /** Attribute name → stored text. Has no prototype. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Version of the application's schema that wrote it. */
  readonly version: number;
  /** Counts writes. */
  readonly revision: string;
  readonly createdAtMs: number;
  readonly touchedAtMs: number;
  /** The session lives at least until this time if it is not used again; Infinity when it never expires. */
  readonly expiresAtMs: number;
  /** Set only for sessions made by a login. */
  readonly owner?: { readonly userId: string; readonly publicId: string };
}

/** The result of a lookup. `ended`: it was ended less than a minute ago and must not come back. */
export type Lookup =
  | { readonly state: 'live'; readonly record: SessionRecord }
  | { readonly state: 'ended'; readonly reason: string }
  | { readonly state: 'missing' };

export const MISSING: Lookup = { state: 'missing' };

/** Reads the reply of HGETALL. Fields of a later release, unknown to this one, are ignored. */
export function parseRecord(hash: Readonly<Record<string, string>>, idleMs = Number.POSITIVE_INFINITY): Lookup {
  const ended = hash['@x'];
  if (ended !== undefined) return { state: 'ended', reason: ended };
  const createdAt = hash['@c'];
  if (createdAt === undefined) return MISSING;
  const attributes: Record<string, string> = Object.create(null);
  for (const field in hash) {
    const value = hash[field];
    if (field.charCodeAt(0) === 61 /* = */ && value !== undefined) attributes[field.slice(1)] = value;
  }
  const touchedAtMs = Number(hash['@t'] ?? createdAt);
  const userId = hash['@u'];
  const publicId = hash['@p'];
  return {
    state: 'live',
    record: {
      attributes,
      version: Number(hash['@v'] ?? 0),
      revision: hash['@r'] ?? '0',
      createdAtMs: Number(createdAt),
      touchedAtMs,
      expiresAtMs: Math.min(touchedAtMs + idleMs, Number(hash['@e'] ?? Number.POSITIVE_INFINITY)),
      ...(userId !== undefined && publicId !== undefined ? { owner: { userId, publicId } } : {}),
    },
  };
}
