/** Names that other session libraries use for our options. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  name: 'cookieName',
  key: 'cookieName',
  secret: 'secrets',
  keys: 'secrets',
  client: 'redis',
  ttl: 'idleSeconds',
  keyPrefix: 'prefix',
  expires: 'maxAge',
};

/** The known name that an unknown one was most likely meant to be, or undefined when none is close. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  const other = OTHER_NAMES[unknown];
  if (other !== undefined && known.includes(other)) return other;
  let nearest: string | undefined;
  let least = Math.max(2, Math.floor(unknown.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(unknown.toLowerCase(), name.toLowerCase());
    if (distance >= least) continue;
    nearest = name;
    least = distance;
  }
  return nearest;
}

/** One line for each name in `given` that is not in `known`. `path` stands before the names, such as `cookie.`. */
export function unknownNames(given: object, known: readonly string[], path = ''): string[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      return `${path}${name}: is not an option${nearest === undefined ? '' : `; did you mean ${path}${nearest}?`}`;
    });
}

/** Levenshtein's distance: the number of letters to insert, remove or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
