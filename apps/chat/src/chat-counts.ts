/** What one chat instance has done since it started. */
export class ChatCounts {
  /** Open now. */
  sockets = 0;
  /** With members here now. */
  rooms = 0;
  /** Messages taken from members here. */
  sent = 0;
  /** Messages written to sockets, one for each reader. */
  delivered = 0;
  /** Sockets dropped because their reader was too slow or gave no sign of life. */
  dropped = 0;
  /** Joins that named a position and were given exactly what they had missed. */
  recovered = 0;
  /** Joins that named a position and had to be told that there is a hole. */
  notRecovered = 0;
}
