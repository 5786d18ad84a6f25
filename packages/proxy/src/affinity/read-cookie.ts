/** The value of the first cookie called `name` in a `Cookie` header, or undefined. Quotes are kept as they are. */
export function readCookie(header: string, name: string): string | undefined {
  let at = 0;
  while (at < header.length) {
    const found = header.indexOf(name, at);
    if (found < 0) return undefined;
    const after = found + name.length;
    const before = found === 0 ? 0x3b : header.charCodeAt(found - 1);
    if (header.charCodeAt(after) === 0x3d && (before === 0x20 || before === 0x3b)) {
      const end = header.indexOf(';', after);
      return header.slice(after + 1, end < 0 ? header.length : end).trim();
    }
    at = after;
  }
  return undefined;
}
