const hosts = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const recent = new Map<string, boolean>();

/** Whether a `Host` value is one name or address with an optional port: no list, no user, no space, not empty. */
export function isValidHost(value: string): boolean {
  const known = recent.get(value);
  if (known !== undefined) return known;
  const valid = value.length <= 262 && hosts.test(value);
  // The same few hosts come again and again. The map is bounded, because a client can invent names.
  if (recent.size > 1000) recent.clear();
  recent.set(value, valid);
  return valid;
}
