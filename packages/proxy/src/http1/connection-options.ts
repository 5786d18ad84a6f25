/** The lower-case tokens of a `Connection` value (RFC 9110 section 7.6.1). */
export function listedTokens(value: string): Set<string> {
  const tokens = new Set<string>();
  for (const part of value.split(',')) {
    const token = part.trim().toLowerCase();
    if (token !== '') tokens.add(token);
  }
  return tokens;
}
