/** A message as a member received it. */
export interface Given {
  readonly epoch: string;
  readonly offset: number;
  /** The speaker and the number of the message, `7:12`: the same for every time that it was sent. */
  readonly message: string;
  /** The time of arrival, milliseconds after the start, and the time since it was said. */
  readonly atMs: number;
  readonly tookMs: number;
}

/** The messages that one member of a room said and was given. Printed as one JSON line when its journey ends. */
export interface ChatLedger {
  readonly user: number;
  readonly room: string;
  /** The number of times that it was let into the room. */
  joins: number;
  said: number;
  /** The messages of this member that were answered with `sent`. */
  readonly acknowledged: string[];
  /** Every message that it was given, in that order. */
  readonly given: Given[];
  /** Joins that named a position and were given exactly the missed messages. */
  recovered: number;
  /** The number of times that it was told of a possible hole. */
  told: number;
  /** Sockets opened after the first. */
  reconnections: number;
  /** Sockets that were not opened, such as those of a server that does not know the session. */
  refusals: number;
  /** Times without a socket in the room, or without an answer from the store, milliseconds after the start. */
  readonly away: { readonly fromMs: number; untilMs: number | null }[];
}

export function newChatLedger(user: number, room: string): ChatLedger {
  return {
    ...{ user, room, joins: 0, said: 0, acknowledged: [], given: [] },
    ...{ recovered: 0, told: 0, reconnections: 0, refusals: 0, away: [] },
  };
}
