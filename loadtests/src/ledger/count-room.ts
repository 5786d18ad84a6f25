import { z } from 'zod';

const given = z.object({
  epoch: z.string(),
  offset: z.int(),
  message: z.string(),
  atMs: z.number(),
  tookMs: z.number(),
});

/** The chat ledger that a member of a room prints with its ledger when its journey ends: see journeys/chat-ledger.ts. */
export const chatLedgerSchema = z.object({
  user: z.int(),
  room: z.string(),
  joins: z.int(),
  said: z.int(),
  acknowledged: z.array(z.string()),
  given: z.array(given),
  recovered: z.int(),
  told: z.int(),
  reconnections: z.int(),
  refusals: z.int(),
  away: z.array(z.object({ fromMs: z.number(), untilMs: z.number().nullable() })),
});

export type ChatLedger = z.infer<typeof chatLedgerSchema>;

/** A room's messages, each counted once for every member it concerns. */
export interface RoomCount {
  readonly room: string;
  readonly members: number;
  readonly said: number;
  readonly acknowledged: number;
  /** Entries of all ledgers. */
  readonly delivered: number;
  /** Messages acknowledged to the sender and never given to a member who was not told of a hole. */
  readonly lost: number;
  /** The same messages, for members who were told. */
  readonly admitted: number;
  /** Messages given again to a member who had them. */
  readonly duplicated: number;
  /** Messages given after one that stands behind them in the room, or that their sender said later. */
  readonly reordered: number;
}

/** Compares the ledgers of a room's members with the messages that were acknowledged to any of them. */
export function countRoom(room: string, ledgers: readonly ChatLedger[]): RoomCount {
  const acknowledged = ledgers.flatMap((ledger) => ledger.acknowledged);
  const read = ledgers.map((ledger) => {
    const { seen, ...counts } = readThrough(ledger.given);
    const missing = acknowledged.filter((message) => !seen.has(message)).length;
    return { ...counts, lost: ledger.told > 0 ? 0 : missing, admitted: ledger.told > 0 ? missing : 0 };
  });
  const sum = (of: (each: (typeof read)[number]) => number): number =>
    read.reduce((total, each) => total + of(each), 0);
  return {
    room,
    members: ledgers.length,
    said: ledgers.reduce((total, { said }) => total + said, 0),
    acknowledged: acknowledged.length,
    delivered: ledgers.reduce((total, ledger) => total + ledger.given.length, 0),
    lost: sum(({ lost }) => lost),
    admitted: sum(({ admitted }) => admitted),
    duplicated: sum(({ duplicated }) => duplicated),
    reordered: sum(({ reordered }) => reordered),
  };
}

function readThrough(entries: ChatLedger['given']) {
  const seen = new Set<string>();
  const newestOf = new Map<string, number>();
  let previous: ChatLedger['given'][number] | undefined;
  let [duplicated, reordered] = [0, 0];
  for (const entry of entries) {
    if (seen.has(entry.message)) {
      duplicated++;
      continue;
    }
    seen.add(entry.message);
    const [sender = '', number] = entry.message.split(':');
    const newest = newestOf.get(sender) ?? 0;
    // Offsets of different epochs cannot be compared.
    const isBehindRoom = previous?.epoch === entry.epoch && entry.offset <= previous.offset;
    if (isBehindRoom || Number(number) < newest) reordered++;
    newestOf.set(sender, Math.max(newest, Number(number)));
    previous = entry;
  }
  return { seen, duplicated, reordered };
}
