/** Where progress goes. Set-up is narrated on stderr, so that a command's result can be read from stdout. */
export type Say = (line: string) => void;

export const sayOnStderr: Say = (line) => process.stderr.write(`${line}\n`);

/** Runs a step; if it takes longer than two seconds, says so and then once every ten seconds that it is still going on. */
export async function withProgress<T>(title: string, say: Say, step: () => Promise<T>): Promise<T> {
  const startedAt = Date.now();
  const seconds = (): number => Math.round((Date.now() - startedAt) / 1000);
  let announced = false;
  const announce = setTimeout(() => {
    announced = true;
    say(`… ${title}`);
  }, 2_000);
  const remind = setInterval(() => say(`… ${title} (${seconds()} s so far)`), 10_000);
  try {
    const result = await step();
    if (announced) say(`✓ ${title} (${seconds()} s)`);
    return result;
  } finally {
    clearTimeout(announce);
    clearInterval(remind);
  }
}
