export interface Token {
  readonly kind: 'name' | 'number' | 'sign' | 'unknown' | 'end';
  readonly text: string;
  /** The number of characters before it. */
  readonly at: number;
}

const PATTERN = /(?<name>[A-Za-z_][\w.@=:+-]*)|(?<number>\d+(?:\.\d+)?)|(?<sign>[(),;<>])|(?<unknown>[^\s])/g;

/** The words, numbers and signs of a rule, and the end. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(PATTERN)) {
    const kind = (['name', 'number', 'sign', 'unknown'] as const).find((each) => match.groups?.[each] !== undefined);
    tokens.push({ kind: kind ?? 'unknown', text: match[0], at: match.index });
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length }];
}
