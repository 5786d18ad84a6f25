/** Returns where the value of the next cookie called `name` begins in a `Cookie` header, from `at` on; -1 without one. */
export function findCookie(header: string, name: string, at: number): number {
  let from = at;
  while (from < header.length) {
    const found = header.indexOf(name, from);
    if (found < 0) return -1;
    const after = found + name.length;
    const before = found === 0 ? 0x3b : header.charCodeAt(found - 1);
    if (header.charCodeAt(after) === 0x3d && (before === 0x20 || before === 0x3b)) return after + 1;
    from = after;
  }
  return -1;
}

/** The value of the cookie that begins at `start`. Quotes are kept as they are. */
export function cookieValueAt(header: string, start: number): string {
  const end = header.indexOf(';', start);
  return header.slice(start, end < 0 ? header.length : end).trim();
}

/** The value of the first cookie called `name` in a `Cookie` header, or undefined. */
export function readCookie(header: string, name: string): string | undefined {
  const start = findCookie(header, name, 0);
  return start < 0 ? undefined : cookieValueAt(header, start);
}

/** A `Cookie` header without every cookie called `name`; empty when nothing is left. */
export function withoutCookie(header: string, name: string): string {
  return header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && pair.slice(0, name.length + 1) !== `${name}=`)
    .join('; ');
}
