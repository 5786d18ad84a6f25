/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 section 5.2) without looking inside, so that a frame of
 * our own can be put between two of theirs.
 */
export class WebSocketFrames {
  /** Payload bytes of the current frame still to come. */
  private remaining = 0;
  private readonly header = new Uint8Array(14);
  private headerBytes = 0;

  /** Whether the bytes so far end with a whole frame. */
  get atBoundary(): boolean {
    return this.remaining === 0 && this.headerBytes === 0;
  }

  /** Follows more bytes. Returns the offset after the last whole frame in them, or `from` when none ends here. */
  feed(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    let boundary = from;
    while (at < to) {
      if (this.remaining > 0) {
        const length = Math.min(this.remaining, to - at);
        this.remaining -= length;
        at += length;
      } else {
        this.header[this.headerBytes++] = bytes[at++] as number;
        if (this.headerBytes < this.headerLength()) continue;
        this.remaining = this.payloadLength();
        this.headerBytes = 0;
      }
      if (this.atBoundary) boundary = at;
    }
    return boundary;
  }

  private headerLength(): number {
    if (this.headerBytes < 2) return 2;
    const second = this.header[1] as number;
    const length = second & 0x7f;
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
  }

  private payloadLength(): number {
    const length = (this.header[1] as number) & 0x7f;
    if (length < 126) return length;
    const bytes = length === 126 ? 2 : 8;
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + (this.header[2 + i] as number);
    return value;
  }
}

/** A close frame from a server: "service restart", which asks the client to come back (RFC 6455 registry). */
export const serviceRestartFrame = Buffer.from([0x88, 0x02, 0x03, 0xf4]);
