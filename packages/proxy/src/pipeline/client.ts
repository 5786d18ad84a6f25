import type { Peer } from '../forwarding/client-address.js';

/** The client's side of an exchange, as the exchange sees it. */
export interface Client {
  /** Writes text whose characters are bytes. Returns false when the client is behind. */
  writeText(text: string): boolean;
  /** Writes bytes, which must stay as they are while `holdsBytes`. */
  writeBytes(bytes: Buffer): boolean;
  /** Head and first bytes of the body in one go. */
  writeTextAndBytes(text: string, bytes: Buffer): boolean;
  /** Whether bytes handed over are still waiting to be sent. */
  readonly holdsBytes: boolean;
  readonly peer: Peer;
  pauseBody(): void;
  resumeBody(): void;
  /** The answer is complete: next request, or the end when `close`. */
  exchangeDone(close: boolean): void;
  /**
   * The answer broke off: the client gets the part that came, then the end. `reset`: nothing else in the answer says that it is not
   * whole, so the connection ends with a reset.
   */
  breakOff(reset: boolean): void;
  /** From now on every byte goes to `exchange.tunnelBytes`. */
  beginTunnel(): void;
  endTunnel(): void;
  /** The client was asked to come back elsewhere: it has a moment to close its side, not longer. */
  awaitRestart(): void;
}
