import { CR, LF, SEMICOLON, valueBytes } from './bytes.js';
import { HeaderBlock, INCOMPLETE } from './header-block.js';
import * as header from './header-name.js';

/** Takes the byte ranges that are to be forwarded. */
export interface RangeSink {
  range(bytes: Buffer, from: number, to: number): void;
}

const SIZE_START = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const TRAILER_START = 7;
const END_LF = 8;
const TRAILERS = 9;
const DONE = 10;

const MAX_EXTENSION_BYTES = 4096;
const MAX_TRAILER_BYTES = 8192;
const trailerFields = new HeaderBlock(64, true);
const crlf = Buffer.from('\r\n');

/**
 * Checks the chunked coding of one body while it passes (RFC 9112 section 7.1), split anywhere. In pass mode it
 * hands on the coding itself, without extensions and without trailers that could change framing; in decode mode the
 * data alone. Contiguous bytes stay one range, so the usual body is forwarded without being cut or copied.
 */
export class ChunkScanner {
  private state = SIZE_START;
  private sizeDigits = 0;
  private size = 0;
  private remaining = 0;
  private extensionBytes = 0;
  private trailers: Buffer = Buffer.alloc(0);
  /** After `feed` found the coding broken: the part of its bytes that stood before the fault and was not handed on. */
  soundFrom = 0;
  soundTo = 0;
  /** Data bytes seen so far, without the coding. */
  dataBytes = 0;

  /** `dropsUnderscores`: trailers with "_" in their name are not passed on. */
  constructor(
    private readonly decode: boolean,
    private readonly dropsUnderscores = false,
  ) {}

  get done(): boolean {
    return this.state === DONE;
  }

  /** Returns the offset up to which bytes belong to this body, or -1 when the coding is broken. */
  feed(bytes: Buffer, from: number, to: number, sink: RangeSink): number {
    let at = from;
    let start = from;
    while (at < to && this.state !== DONE) {
      const byte = bytes[at] as number;
      switch (this.state) {
        case SIZE_START:
        case SIZE: {
          const digit = hexDigit(byte);
          if (digit >= 0) {
            if (++this.sizeDigits > 12) return this.broken(start, at);
            this.size = this.size * 16 + digit;
            this.state = SIZE;
          } else if (this.state === SIZE_START) return this.broken(start, at);
          else if (byte === CR) this.state = SIZE_LF;
          else if (byte === SEMICOLON) {
            if (!this.decode && at > start) sink.range(bytes, start, at);
            this.state = EXTENSION;
          } else return this.broken(start, at);
          at++;
          break;
        }
        case EXTENSION:
          if (byte === CR) {
            start = at;
            this.state = SIZE_LF;
          } else if (valueBytes[byte] === 0 || ++this.extensionBytes > MAX_EXTENSION_BYTES)
            return this.broken(start, at);
          at++;
          break;
        case SIZE_LF:
          if (byte !== LF) return this.broken(start, at);
          at++;
          this.remaining = this.size;
          this.state = this.size === 0 ? TRAILER_START : DATA;
          this.size = 0;
          this.sizeDigits = 0;
          if (this.decode) start = at;
          break;
        case DATA: {
          const length = Math.min(this.remaining, to - at);
          at += length;
          this.remaining -= length;
          this.dataBytes += length;
          if (this.remaining === 0) {
            this.state = DATA_CR;
            if (this.decode) sink.range(bytes, start, at);
          }
          break;
        }
        case DATA_CR:
          if (byte !== CR) return this.broken(start, at);
          at++;
          this.state = DATA_LF;
          break;
        case DATA_LF:
          if (byte !== LF) return this.broken(start, at);
          at++;
          this.state = SIZE_START;
          break;
        case TRAILER_START:
          if (byte === CR) {
            at++;
            this.state = END_LF;
          } else {
            if (!this.decode && at > start) sink.range(bytes, start, at);
            this.state = TRAILERS;
          }
          break;
        case END_LF:
          if (byte !== LF) return this.broken(start, at);
          at++;
          this.state = DONE;
          break;
        default: {
          const end = this.readTrailers(bytes, at, to, sink);
          if (end < 0) return -1;
          return end;
        }
      }
    }
    const forwardsNow = this.decode ? this.state === DATA : this.state !== EXTENSION && this.state !== TRAILERS;
    if (forwardsNow && at > start) sink.range(bytes, start, at);
    return at;
  }

  private broken(start: number, at: number): number {
    this.soundFrom = start;
    // In decode mode data is handed on as it comes, and everything before an extension has been handed on.
    this.soundTo = this.decode || this.state === EXTENSION ? start : at;
    return -1;
  }

  private readTrailers(bytes: Buffer, from: number, to: number, sink: RangeSink): number {
    const before = this.trailers.length;
    this.trailers = Buffer.concat([this.trailers, bytes.subarray(from, to)]);
    const end = trailerFields.read(this.trailers, 0, 0, this.trailers.length);
    if (end < 0 || (end === INCOMPLETE && this.trailers.length > MAX_TRAILER_BYTES)) return -1;
    if (end === INCOMPLETE) return to;
    this.state = DONE;
    if (!this.decode) {
      for (let i = 0; i < trailerFields.count; i++) {
        // A trailer may not change framing, route or identity (RFC 9110 section 6.5.1), so only fields unknown to the proxy are kept.
        const id = trailerFields.ids[i];
        if (id !== header.OTHER && (id !== header.UNDERSCORED || this.dropsUnderscores)) continue;
        sink.range(this.trailers, trailerFields.nameStarts[i] as number, trailerFields.lineEnds[i] as number);
      }
      sink.range(crlf, 0, 2);
    }
    return from + end - before;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
