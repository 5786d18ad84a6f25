/** Turns one attribute's value into text and back. Default: JSON. */
export interface Serializer {
  // biome-ignore lint/suspicious/noExplicitAny: connect-redis types it for whole sessions; ours is given any attribute's value.
  stringify(value: any): string | undefined;
  parse(text: string): unknown;
}

/** Values for one request, and the stored form of exactly those, to find the changes against. */
export interface HandedOut {
  readonly values: Record<string, unknown>;
  readonly baseline: Readonly<Record<string, string>>;
}

/**
 * Fresh values of the stored attributes. An unreadable one, for example written by another serializer, is left out of the
 * session, and stays as it is in the store, since only changes are written.
 */
export function handOut(
  attributes: Readonly<Record<string, string>>,
  serializer: Serializer,
  isReserved: (name: string) => boolean = () => false,
): HandedOut {
  const values: Record<string, unknown> = {};
  let baseline = attributes;
  for (const name in attributes) {
    try {
      // Assigning `__proto__` would change the object's prototype, and a reserved name hide a method.
      if (name === '__proto__' || isReserved(name)) throw new Error('not an attribute');
      values[name] = serializer.parse(attributes[name] ?? '');
    } catch {
      const { [name]: _, ...readable } = baseline;
      baseline = Object.assign(Object.create(null), readable);
    }
  }
  return { values, baseline };
}
