import type { UpstreamConnection } from '../forwarding/upstream-connection.js';

const LIMIT_BYTES = 65_536;
/** A part takes several hundred bytes of memory even if it is one byte long, so more parts than this become one. */
const MAX_PARTS = 64;

/** A request's body so far, kept as long as the request may have to be sent again. */
export class RequestReplay {
  private parts: Buffer[] | null = null;
  private bytes = 0;
  /** Whether all of it is still kept; always true for a request without a body. */
  isWhole = true;

  begin(hasBody: boolean): void {
    this.parts = hasBody ? [] : null;
    this.bytes = 0;
    this.isWhole = true;
  }

  /** Keeps part of the body. Beyond the limit it drops everything, unless nothing was sent yet (`mustKeep`). */
  keep(bytes: Buffer, from: number, to: number, mustKeep: boolean): void {
    if (this.parts === null) return;
    this.bytes += to - from;
    if (this.bytes > LIMIT_BYTES && !mustKeep) {
      this.parts = null;
      this.isWhole = false;
      return;
    }
    this.parts.push(bytes.subarray(from, to));
    if (this.parts.length > MAX_PARTS) this.parts = [Buffer.concat(this.parts)];
  }

  get isOverLimit(): boolean {
    return this.bytes > LIMIT_BYTES;
  }

  sendTo(connection: UpstreamConnection): void {
    if (this.parts !== null) for (const part of this.parts) connection.sendBody(part, 0, part.length);
  }

  /** Drops the body, which will not be sent again. */
  forget(): void {
    this.parts = null;
  }
}
