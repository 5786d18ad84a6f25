import type { UpstreamConnection } from '../forwarding/upstream-connection.js';

const limitBytes = 65_536;

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
    if (this.bytes > limitBytes && !mustKeep) {
      this.parts = null;
      this.isWhole = false;
    } else this.parts.push(bytes.subarray(from, to));
  }

  get isOverLimit(): boolean {
    return this.bytes > limitBytes;
  }

  sendTo(connection: UpstreamConnection): void {
    if (this.parts !== null) for (const part of this.parts) connection.sendBody(part, 0, part.length);
  }

  /** Drops the body, which will not be sent again. */
  forget(): void {
    this.parts = null;
  }
}
