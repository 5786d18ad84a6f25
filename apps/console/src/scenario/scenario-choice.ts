/** The two scenarios shown side by side. */
export interface ScenarioChoice {
  readonly left: string;
  readonly right: string;
}

/** The nightmare beside the answer. */
export const DEFAULT_CHOICE: ScenarioChoice = { left: 'round-robin-local', right: 'round-robin-cached' };

/**
 * Reads the choice from the page's query, so that a comparison can be bookmarked. What is not among `names` is replaced by the
 * default, and `complaint` says so; the two sides always differ, because one scenario has one login per browser.
 */
export function choiceFromQuery(
  query: string,
  names: readonly string[],
): { readonly choice: ScenarioChoice; readonly complaint: string | null } {
  const parameters = new URLSearchParams(query);
  const complaints: string[] = [];
  const pick = (side: 'left' | 'right', taken?: string): string => {
    const asked = parameters.get(side);
    if (asked !== null && names.includes(asked) && asked !== taken) return asked;
    if (asked !== null && asked === taken) complaints.push(`${asked} is on the left already.`);
    else if (asked !== null) complaints.push(`There is no scenario “${asked}”. There are: ${names.join(', ')}.`);
    const free = [DEFAULT_CHOICE[side], ...names].find((name) => names.includes(name) && name !== taken);
    return free ?? DEFAULT_CHOICE[side];
  };
  const left = pick('left');
  const choice = { left, right: pick('right', left) };
  return { choice, complaint: complaints.length === 0 ? null : complaints.join(' ') };
}

/** The query that brings the choice back. */
export function queryFromChoice({ left, right }: ScenarioChoice): string {
  return `?${new URLSearchParams({ left, right })}`;
}
