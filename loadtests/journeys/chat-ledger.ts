/** A message as a member was given it. */
export interface Given {
  readonly epoch: string;
  readonly offset: number;
  /** Who said it and the how many-th it was: `7:12`. The same however often it was sent. */
  readonly message: string;
}

/** What one member of a room said and was given. Printed as one JSON line when its journey ends. */
export interface ChatLedger {
  readonly user: number;
  readonly room: string;
  /** How often it was let into the room. */
  joins: number;
  said: number;
  /** Those of its messages that were answered with `sent`. */
  readonly acknowledged: string[];
  /** Everything it was given, in that order. */
  readonly given: Given[];
  /** Joins that named a position and were given exactly what was missed. */
  recovered: number;
  /** How often it was told that there may be a hole. */
  told: number;
  /** Sockets opened after the first. */
  reconnections: number;
  /** Without a socket in the room, or without an answer from the store, milliseconds since the epoch. */
  readonly away: { readonly fromMs: number; untilMs: number | null }[];
}

export function newChatLedger(user: number, room: string): ChatLedger {
  return {
    ...{ user, room, joins: 0, said: 0, acknowledged: [], given: [] },
    ...{ recovered: 0, told: 0, reconnections: 0, away: [] },
  };
}
