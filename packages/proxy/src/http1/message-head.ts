import { listedTokens } from './connection-options.js';
import { parseContentLength } from './content-length.js';
import { HeaderBlock, type HeadFault } from './header-block.js';
import * as header from './header-name.js';

/** The common part of request heads and response heads: fields, framing, and whether the connection stays open. */
export abstract class MessageHead {
  readonly fields: HeaderBlock;
  /** The head as text, one character a byte. */
  text = '';
  isHttp10 = false;
  /** False also for HTTP/1.2 and later, which is read as HTTP/1.1 and forwarded as that (RFC 9110 section 2.5). */
  isHttp11 = true;
  keepAlive = true;
  contentLength = 0;
  /** Lower-case names listed in `Connection` besides close, keep-alive and upgrade; null when there are none. */
  connectionListed: ReadonlySet<string> | null = null;
  private connection = '';
  /** The number of fields that state a length, and of fields that state a coding. A coding other than "chunked" counts twice. */
  protected lengths = 0;
  protected encodings = 0;

  constructor(maxHeaders: number, marksUnderscores = false) {
    this.fields = new HeaderBlock(maxHeaders, marksUnderscores);
  }

  /** The value of field number `index`. */
  value(index: number): string {
    return this.text.slice(this.fields.valueStarts[index], this.fields.valueEnds[index]);
  }

  /** Forgets the fields noted of the last head. */
  protected forgetFields(): void {
    this.contentLength = 0;
    this.lengths = 0;
    this.encodings = 0;
    this.connection = '';
  }

  /** Notes a field if it frames the body or is about the connection. */
  protected noteField(index: number): void {
    switch (this.fields.ids[index]) {
      case header.CONTENT_LENGTH:
        this.lengths++;
        this.contentLength = parseContentLength(this.value(index));
        break;
      case header.TRANSFER_ENCODING:
        this.encodings += this.value(index).toLowerCase() === 'chunked' ? 1 : 2;
        break;
      case header.CONNECTION:
        this.connection = this.connection === '' ? this.value(index) : `${this.connection},${this.value(index)}`;
        break;
      default:
    }
  }

  /** Whether the fields noted state the body's length at most once. */
  protected get isFramedOnce(): boolean {
    return this.lengths + this.encodings <= 1 && this.contentLength >= 0;
  }

  /** Acts on the `Connection` fields noted; returns whether they ask for an upgrade. */
  protected interpretConnection(): boolean {
    const { connection } = this;
    this.keepAlive = !this.isHttp10;
    this.connectionListed = null;
    if (connection === '' || connection === 'keep-alive') {
      this.keepAlive ||= connection !== '';
      return false;
    }
    const listed = listedTokens(connection);
    const asksForUpgrade = listed.has('upgrade');
    if (listed.has('close')) this.keepAlive = false;
    else if (listed.has('keep-alive')) this.keepAlive = true;
    for (const token of ['close', 'keep-alive', 'upgrade']) listed.delete(token);
    if (listed.size > 0) this.connectionListed = listed;
    return asksForUpgrade;
  }

  protected fault(fault: HeadFault): false {
    this.fields.refuse(fault);
    return false;
  }
}
