import { COLON, CR, LF, nameBytes, SPACE, TAB, valueBytes } from './bytes.js';
import { headerId, UNDERSCORED } from './header-name.js';

/** The head does not end within the bytes at hand. */
export const INCOMPLETE = 0;
/** The head breaks RFC 9112; the block's `fault` says how. */
export const MALFORMED = -1;

/** The reason why a head was refused. */
export type HeadFault =
  | 'bad_request_line'
  | 'bad_header'
  | 'bad_host'
  | 'bad_framing'
  | 'bad_target'
  | 'bad_version'
  | 'bad_method'
  | 'bad_expectation'
  | 'request_line_too_long'
  | 'head_too_large';

/**
 * Records the positions of the fields of one head. Offsets count from the first byte of the head, so they also index its text.
 * One block is reused for every head: read it before the next parse, and allocate nothing.
 */
export class HeaderBlock {
  count = 0;
  fault: HeadFault = 'bad_header';
  readonly ids: Uint8Array;
  readonly nameStarts: Int32Array;
  readonly nameEnds: Int32Array;
  readonly valueStarts: Int32Array;
  readonly valueEnds: Int32Array;
  /** The end of the line of each field, its CRLF included. */
  readonly lineEnds: Int32Array;

  /** `marksUnderscores`: a name with "_" gets the id `UNDERSCORED`. */
  constructor(
    readonly maxHeaders: number,
    readonly marksUnderscores = false,
  ) {
    this.ids = new Uint8Array(maxHeaders);
    this.nameStarts = new Int32Array(maxHeaders);
    this.nameEnds = new Int32Array(maxHeaders);
    this.valueStarts = new Int32Array(maxHeaders);
    this.valueEnds = new Int32Array(maxHeaders);
    this.lineEnds = new Int32Array(maxHeaders);
  }

  /**
   * Reads field lines from `bytes[position, to)` up to the empty line. Returns the offset in `bytes` after it,
   * `INCOMPLETE`, or `MALFORMED`. Strict: CRLF only, no folding, no space before the colon, no control bytes.
   */
  read(bytes: Uint8Array, origin: number, position: number, to: number): number {
    let at = position;
    this.count = 0;
    for (;;) {
      if (at >= to) return INCOMPLETE;
      const nameStart = at;
      let kinds = 0;
      for (; at < to; at++) {
        const kind = nameBytes[bytes[at] as number] as number;
        if (kind === 0) break;
        kinds |= kind;
      }
      if (at === nameStart && bytes[at] === CR) {
        if (at + 1 >= to) return INCOMPLETE;
        return bytes[at + 1] === LF ? at + 2 : this.refuse('bad_header');
      }
      if (at >= to) return INCOMPLETE;
      if (at === nameStart || bytes[at] !== COLON) return this.refuse('bad_header');
      const nameEnd = at++;
      while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      const valueStart = at;
      while (at < to && valueBytes[bytes[at] as number] === 1) at++;
      if (at >= to) return INCOMPLETE;
      if (bytes[at] !== CR) return this.refuse('bad_header');
      if (at + 1 >= to) return INCOMPLETE;
      if (bytes[at + 1] !== LF) return this.refuse('bad_header');
      let valueEnd = at;
      while (valueEnd > valueStart && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === TAB)) valueEnd--;
      at += 2;
      if (this.count === this.maxHeaders) return this.refuse('head_too_large');
      this.ids[this.count] = this.marksUnderscores && kinds > 1 ? UNDERSCORED : headerId(bytes, nameStart, nameEnd);
      this.nameStarts[this.count] = nameStart - origin;
      this.nameEnds[this.count] = nameEnd - origin;
      this.valueStarts[this.count] = valueStart - origin;
      this.valueEnds[this.count] = valueEnd - origin;
      this.lineEnds[this.count] = at - origin;
      this.count++;
    }
  }

  refuse(fault: HeadFault): number {
    this.fault = fault;
    return MALFORMED;
  }
}
