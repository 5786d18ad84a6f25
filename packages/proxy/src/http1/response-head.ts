import { CR, isDigit, LF, SPACE, valueBytes } from './bytes.js';
import { INCOMPLETE, MALFORMED } from './header-block.js';
import * as header from './header-name.js';
import { MessageHead } from './message-head.js';

/** The way the end of an answer's body is found. */
export type ResponseBody = 'none' | 'length' | 'chunked' | 'until-close';

const PREFIX = 'HTTP/1.';

/** A strict reader of response heads; one instance is reused, its fields are valid until the next `read`. */
export class ResponseHead extends MessageHead {
  status = 0;
  /** The offset of the status code in `text`, and the end of the status line without its CRLF. */
  readonly statusStart = 9;
  statusLineEnd = 0;
  body: ResponseBody = 'none';
  upgrade = false;
  /** Seconds from `Keep-Alive: timeout=`, or -1. */
  keepAliveSeconds = -1;

  constructor(
    private readonly maxHeadBytes: number,
    maxHeaders: number,
  ) {
    super(maxHeaders);
  }

  /** Returns the offset after the head, `INCOMPLETE`, or `MALFORMED`. `bodyless`: the answer to a HEAD. */
  read(bytes: Buffer, from: number, to: number, bodyless: boolean): number {
    const end = this.scan(bytes, from, to, bodyless);
    if (end === INCOMPLETE && to - from >= this.maxHeadBytes) return this.fields.refuse('head_too_large');
    return end;
  }

  private scan(bytes: Buffer, from: number, to: number, bodyless: boolean): number {
    for (let i = 0; i < 7; i++) {
      if (from + i >= to) return INCOMPLETE;
      if (bytes[from + i] !== PREFIX.charCodeAt(i)) return this.fields.refuse('bad_header');
    }
    if (from + 12 >= to) {
      // A line that has ended is too short, not unfinished: waiting for more would last until the time limit.
      for (let i = from + 7; i < to; i++) if (bytes[i] === LF) return this.fields.refuse('bad_header');
      return INCOMPLETE;
    }
    const minor = bytes[from + 7];
    if (!isDigit(minor) || bytes[from + 8] !== SPACE) return this.fields.refuse('bad_header');
    this.isHttp10 = minor === 0x30;
    this.isHttp11 = minor === 0x31;
    let status = 0;
    for (let i = 9; i < 12; i++) {
      const digit = (bytes[from + i] as number) - 0x30;
      if (digit < 0 || digit > 9) return this.fields.refuse('bad_header');
      status = status * 10 + digit;
    }
    if (status < 100 || status > 599) return this.fields.refuse('bad_header');
    let at = from + 12;
    if (bytes[at] !== SPACE && bytes[at] !== CR) return this.fields.refuse('bad_header');
    while (at < to && valueBytes[bytes[at] as number] === 1) at++;
    if (at + 1 >= to) return INCOMPLETE;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return this.fields.refuse('bad_header');
    this.status = status;
    this.statusLineEnd = at - from;
    const end = this.fields.read(bytes, from, at + 2, to);
    if (end <= 0) return end;
    this.text = bytes.toString('latin1', from, end);
    return this.interpret(bodyless) ? end : MALFORMED;
  }

  private interpret(bodyless: boolean): boolean {
    const { fields } = this;
    this.forgetFields();
    this.upgrade = false;
    this.keepAliveSeconds = -1;
    for (let i = 0; i < fields.count; i++) {
      switch (fields.ids[i]) {
        case header.KEEP_ALIVE:
          this.keepAliveSeconds = Number(/timeout=(\d{1,6})/.exec(this.value(i))?.[1] ?? -1);
          break;
        case header.UPGRADE:
          this.upgrade = this.value(i).toLowerCase() === 'websocket';
          break;
        default:
          this.noteField(i);
      }
    }
    if (!this.isFramedOnce) return this.fault('bad_framing');
    this.interpretConnection();
    if (bodyless || this.status < 200 || this.status === 204 || this.status === 304) this.body = 'none';
    else if (this.encodings === 1) this.body = 'chunked';
    else if (this.lengths === 1) this.body = this.contentLength === 0 ? 'none' : 'length';
    else this.body = 'until-close';
    return true;
  }
}
