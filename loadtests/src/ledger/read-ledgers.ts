import type { z } from 'zod';

/** The ledgers among the lines that k6 printed. Throws when one does not have the expected form. */
export function readLedgers<Ledger>(lines: readonly string[], schema: z.ZodType<Ledger>): Ledger[] {
  return lines
    .map((line) => /ledger (\{.*\})/.exec(line)?.[1])
    .filter((text) => text !== undefined)
    .map((text) => schema.parse(JSON.parse(text)));
}
