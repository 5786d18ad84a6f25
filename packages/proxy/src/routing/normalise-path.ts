/**
 * Returns the path as a lenient destination might read it: escapes decoded once, "\" as "/", empty segments removed.
 * Returns null for dot segments in any spelling, because they could lead out of the route.
 */
export function normalisePath(path: string): string | null {
  const decoded = path
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\/g, '/');
  if (decoded.includes('\0')) return null;
  const segments = decoded.split('/');
  if (segments.some((segment) => segment === '.' || segment === '..' || /^\.\.?;/.test(segment))) return null;
  return decoded.replace(/\/{2,}/g, '/');
}
