/** Counts of one chat instance since it started. */
export class ChatCounts {
  /** Sockets that are open now. */
  sockets = 0;
  /** Rooms that have members on this instance now. */
  rooms = 0;
  /** Messages that members on this instance sent. */
  sent = 0;
  /** Messages written to sockets, one for each reader. */
  delivered = 0;
  /** Sockets dropped because their reader was too slow or gave no sign of life. */
  dropped = 0;
  /** Joins with a position that received exactly the missed messages. */
  recovered = 0;
  /** Joins with a position that received `recovered: false`. */
  notRecovered = 0;
}
