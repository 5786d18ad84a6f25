import { BACKSLASH, CR, DOT, isDigit, LF, PERCENT, QUESTION, SLASH, SPACE, targetBytes, tokenBytes } from './bytes.js';
import { INCOMPLETE, MALFORMED } from './header-block.js';
import * as header from './header-name.js';
import { isValidHost } from './host.js';
import { MessageHead } from './message-head.js';
import { GET, type Method, methodOf } from './method.js';

/** The way the end of a request's body is found. */
export type RequestBody = 'none' | 'length' | 'chunked';

export interface RequestHeadLimits {
  readonly maxRequestLineBytes: number;
  readonly maxHeadBytes: number;
  readonly maxHeaders: number;
  /** Whether fields with "_" in their name are passed on; default false. */
  readonly underscoresInHeaders?: boolean;
}

/**
 * A strict reader of request heads (RFC 9112). It refuses heads that two readers could read differently and repairs nothing, since
 * request smuggling relies on repairs. One instance is reused for every request of a process; its fields are valid until
 * the next `read`.
 */
export class RequestHead extends MessageHead {
  method: Method = GET;
  /** Origin-form target (or "*"), as it will be forwarded. */
  target = '';
  /** The target without query, as received. */
  path = '';
  /** Whether the path has percent escapes, empty or dot segments: see `normalisePath`. */
  pathIsPlain = true;
  /** Host with port, as received; empty only for HTTP/1.0. */
  host = '';
  body: RequestBody = 'none';
  expectsContinue = false;
  /**
   * "websocket" for a request that may become a WebSocket, else empty: any other upgrade is an offer that is not taken
   * (RFC 9110 section 7.8).
   */
  upgrade: 'websocket' | '' = '';

  constructor(private readonly limits: RequestHeadLimits) {
    super(limits.maxHeaders, limits.underscoresInHeaders !== true);
  }

  /** The value of the first field with this id, or undefined. */
  find(id: number): string | undefined {
    const { ids, count } = this.fields;
    for (let i = 0; i < count; i++) if (ids[i] === id) return this.value(i);
    return undefined;
  }

  /** The values of all fields with this id as one list; empty when there are none. */
  findAll(id: number): string {
    const { ids, count } = this.fields;
    let list = '';
    for (let i = 0; i < count; i++) {
      if (ids[i] === id) list = list === '' ? this.value(i) : `${list}, ${this.value(i)}`;
    }
    return list;
  }

  /** Returns the offset after the head, `INCOMPLETE`, or `MALFORMED` with `fields.fault` set. */
  read(bytes: Buffer, from: number, to: number): number {
    const end = this.scan(bytes, from, to);
    if (end === INCOMPLETE && to - from >= this.limits.maxHeadBytes) return this.fields.refuse('head_too_large');
    if (end > 0 && end - from > this.limits.maxHeadBytes) return this.fields.refuse('head_too_large');
    return end;
  }

  private scan(bytes: Buffer, from: number, to: number): number {
    let at = from;
    // RFC 9112 section 2.2: empty lines before the request line are ignored.
    while (bytes[at] === CR && at < to) {
      if (at + 1 >= to) return INCOMPLETE;
      if (bytes[at + 1] !== LF) return this.fields.refuse('bad_request_line');
      at += 2;
    }
    const origin = at;
    while (at < to && tokenBytes[bytes[at] as number] === 1) at++;
    if (at >= to) return this.unfinishedLine(to - origin);
    if (at === origin || bytes[at] !== SPACE) return this.fields.refuse('bad_request_line');
    const methodEnd = at++;
    const targetStart = at;
    let queryStart = -1;
    let plain = true;
    let previous = 0;
    while (at < to) {
      const byte = bytes[at] as number;
      if (targetBytes[byte] === 0) break;
      if (queryStart < 0) {
        if (byte === QUESTION) queryStart = at;
        else if (byte === PERCENT || byte === BACKSLASH) plain = false;
        else if (previous === SLASH && (byte === SLASH || byte === DOT)) plain = false;
        previous = byte;
      }
      at++;
    }
    if (at >= to) return this.unfinishedLine(to - origin);
    if (at === targetStart || bytes[at] !== SPACE) return this.fields.refuse('bad_request_line');
    const targetEnd = at++;
    if (at - origin > this.limits.maxRequestLineBytes) return this.fields.refuse('request_line_too_long');
    const versionFault = this.readVersion(bytes, at, to);
    if (versionFault !== 1) return versionFault;
    const end = this.fields.read(bytes, origin, at + 10, to);
    if (end <= 0) return end;

    this.text = bytes.toString('latin1', origin, end);
    const method = methodOf(this.text.slice(0, methodEnd - origin));
    if (method === undefined) return this.fields.refuse('bad_method');
    this.method = method;
    this.target = this.text.slice(targetStart - origin, targetEnd - origin);
    this.path = queryStart < 0 ? this.target : this.text.slice(targetStart - origin, queryStart - origin);
    this.pathIsPlain = plain;
    return this.interpretFields() && this.interpretTarget() ? end : MALFORMED;
  }

  private unfinishedLine(length: number): number {
    return length > this.limits.maxRequestLineBytes ? this.fields.refuse('request_line_too_long') : INCOMPLETE;
  }

  /** Checks `HTTP/1.x CRLF` at `at`; 1 when it is there in full. */
  private readVersion(bytes: Buffer, at: number, to: number): number {
    for (let i = 0; i < 5; i++) {
      if (at + i >= to) return INCOMPLETE;
      if (bytes[at + i] !== VERSION.charCodeAt(i)) return this.fields.refuse('bad_request_line');
    }
    if (at + 9 >= to) {
      // A line that has ended is too short, not unfinished: waiting for more would hang an HTTP/0.9 client.
      for (let i = at + 5; i < to; i++) if (bytes[i] === LF) return this.fields.refuse('bad_request_line');
      return INCOMPLETE;
    }
    const major = bytes[at + 5];
    const minor = bytes[at + 7];
    if (bytes[at + 6] !== DOT || bytes[at + 8] !== CR || bytes[at + 9] !== LF) {
      return this.fields.refuse('bad_request_line');
    }
    if (!isDigit(major) || !isDigit(minor)) return this.fields.refuse('bad_request_line');
    if (major !== 0x31) return this.fields.refuse('bad_version');
    this.isHttp10 = minor === 0x30;
    this.isHttp11 = minor === 0x31;
    return 1;
  }

  private interpretFields(): boolean {
    const { fields } = this;
    let hosts = 0;
    let upgrade = '';
    this.forgetFields();
    this.host = '';
    this.body = 'none';
    this.expectsContinue = false;
    for (let i = 0; i < fields.count; i++) {
      switch (fields.ids[i]) {
        case header.HOST:
          hosts++;
          this.host = this.value(i);
          break;
        case header.UPGRADE:
          upgrade = upgrade === '' ? this.value(i).toLowerCase() : `${upgrade},${this.value(i).toLowerCase()}`;
          break;
        case header.EXPECT:
          if (this.value(i).toLowerCase() !== '100-continue') return this.fault('bad_expectation');
          this.expectsContinue = !this.isHttp10;
          break;
        default:
          this.noteField(i);
      }
    }
    if (hosts > 1 || (hosts === 0 && !this.isHttp10)) return this.fault('bad_host');
    if (hosts === 1 && !isValidHost(this.host)) return this.fault('bad_host');
    if (!this.isFramedOnce || (this.encodings === 1 && this.isHttp10)) return this.fault('bad_framing');
    if (this.encodings === 1) this.body = 'chunked';
    else if (this.contentLength > 0) this.body = 'length';
    const asksForUpgrade = this.interpretConnection();
    this.upgrade = asksForUpgrade && this.mayBecomeWebSocket(upgrade) ? 'websocket' : '';
    return true;
  }

  /** RFC 6455 section 4.1. A body would stand between the head and the first frame. */
  private mayBecomeWebSocket(upgrade: string): boolean {
    if (this.method !== GET || this.isHttp10 || this.body !== 'none') return false;
    return upgrade.split(',').some((protocol) => protocol.trim() === 'websocket');
  }

  /** Origin-form stays; absolute-form must name the Host field's host and becomes origin-form; "*" is for OPTIONS. */
  private interpretTarget(): boolean {
    if (this.target.charCodeAt(0) === SLASH) return true;
    if (this.target === '*') return this.method.name === 'OPTIONS' || this.fault('bad_target');
    const absolute = /^http:\/\/([^/?]+)(\/[^?]*)?(\?.*)?$/i.exec(this.target);
    if (absolute === null) return this.fault('bad_target');
    const [, authority = '', path = '/', query = ''] = absolute;
    if (authority.toLowerCase() !== this.host.toLowerCase()) return this.fault('bad_host');
    // RFC 9112 section 3.2.4: OPTIONS without a path is about the server as a whole.
    const isServerWide = this.method.name === 'OPTIONS' && absolute[2] === undefined && query === '';
    this.target = isServerWide ? '*' : path + query;
    this.path = isServerWide ? '*' : path;
    this.pathIsPlain = !/%|\\|\/\/|\/\./.test(path);
    return true;
  }
}

const VERSION = 'HTTP/';
