/** Writes whole lines, each behind a prefix; keeps a half line until the rest of it arrives. */
export function prefixLines(prefix: string, write: (line: string) => void): (chunk: Buffer | string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) write(`${prefix}${line}\n`);
  };
}

const colours = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94];

/** `auth-1   │ `, padded so that logs of several processes line up, coloured by position on a terminal. */
export function logPrefix(id: string, position: number, inColour: boolean): string {
  const label = `${id.padEnd(12)} │ `;
  return inColour ? `\u001b[${colours[position % colours.length]}m${label}\u001b[0m` : label;
}
