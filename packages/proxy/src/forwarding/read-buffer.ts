/** One read takes a whole answer of 64 KB with its head; untouched pages of a buffer cost nothing. */
const readBytes = 131_072;

/**
 * What a connection reads into. Each read overwrites the one before, unless the client could not take the bytes at once: then the
 * buffer is lent to it and another takes its place.
 */
export class ReadBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(readBytes);
  /** What the client of this answer still takes bytes from, and what it is through with: others go to the collector. */
  private lent: Buffer | undefined;
  private spare: Buffer | undefined;

  /** Bytes of the last read are still held. `comesBack`: whoever holds them will say when they are through. */
  lend(comesBack: boolean): void {
    if (comesBack) this.lent ??= this.bytes;
    this.bytes = this.spare ?? Buffer.allocUnsafeSlow(readBytes);
    this.spare = undefined;
  }

  /** The client took everything it was given. */
  takeBack(): void {
    this.spare = this.lent ?? this.spare;
    this.lent = undefined;
  }

  /** The answer is complete: nobody will say when its bytes are through. */
  giveAway(): void {
    this.lent = undefined;
  }
}
