const CLOSE = 3;

/** The known name that needs the fewest changes to become this one; undefined when every name needs many. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const atMost = Math.min(CLOSE, Math.ceil(name.length / 3));
  const [nearest] = known
    .map((other) => ({ other, changes: changesBetween(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ changes }) => changes <= atMost)
    .sort((one, two) => one.changes - two.changes);
  return nearest?.other;
}

/** `; did you mean "sticky-cookie-local"?`, or the list of the known names. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  return known.length === 0 ? 'there is none to choose from' : `choose from ${known.join(', ')}`;
}

/** Levenshtein: letters added, removed or replaced. */
function changesBetween(one: string, two: string): number {
  let row = Array.from({ length: two.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= two.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === two[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[two.length] ?? 0;
}
