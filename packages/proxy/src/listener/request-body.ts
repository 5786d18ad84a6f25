import { ChunkScanner, type RangeSink } from '../http1/chunk-scanner.js';
import type { RequestHead } from '../http1/request-head.js';

/** Follows the body of a request to its end, by its length or by its chunks. Used again for the next request. */
export class RequestBody {
  private remaining = 0;
  private scanner: ChunkScanner | null = null;

  begin({ body, contentLength, fields }: RequestHead): void {
    this.remaining = contentLength;
    this.scanner = body === 'chunked' ? new ChunkScanner(false, fields.marksUnderscores) : null;
  }

  /** Hands the bytes of the body to `sink`. Returns the end of these bytes, or -1 when the chunks are malformed. */
  feed(bytes: Buffer, from: number, sink: RangeSink): number {
    if (this.scanner !== null) return this.scanner.feed(bytes, from, bytes.length, sink);
    const end = Math.min(bytes.length, from + this.remaining);
    this.remaining -= end - from;
    sink.range(bytes, from, end);
    return end;
  }

  get isComplete(): boolean {
    return this.scanner === null ? this.remaining === 0 : this.scanner.done;
  }

  /** Bytes of a chunked body so far; 0 for a body whose length was announced, since that was checked with the head. */
  get unannouncedBytes(): number {
    return this.scanner?.dataBytes ?? 0;
  }
}
