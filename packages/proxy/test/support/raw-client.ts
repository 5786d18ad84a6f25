import { connect, type Socket } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** A client that sends exactly the bytes it is told to, and reads answers one by one. */
export class RawClient {
  readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake?.();
    });
    const end = (): void => {
      this.ended = true;
      this.wake?.();
    };
    this.socket.on('end', end);
    this.socket.on('close', end);
    this.socket.on('error', end);
  }

  send(data: string | Buffer): this {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
    return this;
  }

  /** The next answer; rejects when the connection ends first. */
  async answer(options: { toHead?: boolean } = {}): Promise<RawAnswer> {
    const end = await this.until(() => {
      const at = this.received.indexOf('\r\n\r\n');
      return at < 0 ? undefined : at + 4;
    });
    const head = this.received.toString('latin1', 0, end);
    this.received = this.received.subarray(end);
    const [statusLine = '', ...lines] = head.trimEnd().split('\r\n');
    const headers = new Map(lines.map((line) => splitField(line)));
    const status = Number(statusLine.split(' ')[1]);
    const answer = (body: Buffer): RawAnswer => ({ status, head, headers, body });
    if (options.toHead || status < 200 || status === 204 || status === 304) return answer(Buffer.alloc(0));
    if (headers.get('transfer-encoding') === 'chunked') return answer(await this.chunkedBody());
    const length = headers.get('content-length');
    if (length === undefined) return answer(await this.rest());
    return answer(await this.take(Number(length)));
  }

  /** Everything until the other side ends. */
  async rest(): Promise<Buffer> {
    await this.until(() => (this.ended ? true : undefined), true);
    return this.received;
  }

  async take(length: number): Promise<Buffer> {
    await this.until(() => (this.received.length >= length ? true : undefined));
    const taken = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return taken;
  }

  close(): void {
    this.socket.destroy();
  }

  private async chunkedBody(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const end = await this.until(() => {
        const at = this.received.indexOf('\r\n');
        return at < 0 ? undefined : at;
      });
      const size = Number.parseInt(this.received.toString('latin1', 0, end), 16);
      await this.take(end + 2);
      if (size === 0) break;
      parts.push(await this.take(size));
      await this.take(2);
    }
    for (;;) {
      const end = await this.until(() => {
        const at = this.received.indexOf('\r\n');
        return at < 0 ? undefined : at;
      });
      await this.take(end + 2);
      if (end === 0) return Buffer.concat(parts);
    }
  }

  private async until<T>(condition: () => T | undefined, endIsFine = false): Promise<T> {
    for (;;) {
      const found = condition();
      if (found !== undefined) return found;
      if (this.ended && !endIsFine) throw new Error(`connection ended after: ${this.received.toString('latin1')}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/** Sends raw bytes, returns the first answer, closes. */
export async function rawRequest(port: number, data: string | Buffer): Promise<RawAnswer> {
  const client = new RawClient(port).send(data);
  try {
    return await client.answer({ toHead: typeof data === 'string' && data.startsWith('HEAD') });
  } finally {
    client.close();
  }
}

/** The `code` of a problem answer. */
export function codeOf(answer: RawAnswer): string {
  return (JSON.parse(answer.body.toString()) as { code: string }).code;
}
