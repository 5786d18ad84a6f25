/** One read takes a whole answer of 64 KB with its head; untouched pages of a buffer cost nothing. */
const READ_BYTES = 131_072;

/**
 * The buffer a connection reads into. Each read overwrites the one before. When the client could not take the bytes at once, the
 * buffer is lent to it and another one takes its place.
 */
export class ReadBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  /** The buffer the client of this answer still takes bytes from, and one it has given back. */
  private lent: Buffer | undefined;
  private spare: Buffer | undefined;

  /** Bytes of the last read are still held. `comesBack`: the holder reports when they are sent. */
  lend(comesBack: boolean): void {
    if (comesBack) this.lent ??= this.bytes;
    this.bytes = this.spare ?? Buffer.allocUnsafeSlow(READ_BYTES);
    this.spare = undefined;
  }

  /** The client took everything it was given. */
  takeBack(): void {
    this.spare = this.lent ?? this.spare;
    this.lent = undefined;
  }

  /** The answer is complete. Nothing reports when its bytes are sent, so the garbage collector takes the buffer. */
  giveAway(): void {
    this.lent = undefined;
  }
}
