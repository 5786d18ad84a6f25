import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';

/** What a reader made of the first request in some bytes. */
export interface Reading {
  readonly outcome: 'accepted' | 'refused' | 'incomplete';
  readonly because: string;
  readonly method: string;
  readonly target: string;
  /** Field names in order, lower case. */
  readonly names: readonly string[];
  readonly body: 'complete' | 'refused' | 'incomplete';
  readonly bodyText: string;
}

export const nothingRead: Reading = {
  outcome: 'incomplete',
  because: '',
  method: '',
  target: '',
  names: [],
  body: 'incomplete',
  bodyText: '',
};

class Wire extends Duplex {
  answered = '';
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answered += chunk.toString('latin1');
    done();
  }
}

/** Node's own HTTP server (llhttp) as a second opinion: bytes go straight into it, without a socket. */
export class NodeOracle {
  private current: { reading: Reading; wire: Wire; incoming?: IncomingMessage } | undefined;
  private readonly server = createServer();

  constructor() {
    const accept = (incoming: IncomingMessage, outgoing?: ServerResponse): void => this.accept(incoming, outgoing);
    this.server.on('request', accept);
    this.server.on('checkContinue', accept);
    this.server.on('checkExpectation', (_, outgoing: ServerResponse) => {
      this.update({ outcome: 'refused', because: 'expectation' });
      outgoing.end();
    });
    this.server.on('upgrade', (incoming: IncomingMessage) => this.accept(incoming));
    this.server.on('connect', (incoming: IncomingMessage) => this.accept(incoming));
    this.server.on('clientError', (error: NodeJS.ErrnoException) => {
      const reading = this.current?.reading;
      if (reading?.outcome === 'incomplete') this.update({ outcome: 'refused', because: error.code ?? error.message });
      // An error behind a complete request is about the next one.
      else if (reading?.body === 'incomplete' && this.current?.incoming?.complete !== true)
        this.update({ body: 'refused', because: error.code ?? error.message });
    });
    this.server.on('error', () => {});
  }

  async read(bytes: Buffer): Promise<Reading> {
    const wire = new Wire();
    wire.on('error', () => {});
    this.current = { reading: nothingRead, wire };
    this.server.emit('connection', wire);
    wire.push(bytes);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    if (this.current.reading.outcome === 'incomplete' && wire.answered.startsWith('HTTP/1.1 400')) {
      this.update({ outcome: 'refused', because: 'no host' });
    }
    const { reading } = this.current;
    this.current = undefined;
    wire.destroy();
    return reading;
  }

  private accept(incoming: IncomingMessage, outgoing?: ServerResponse): void {
    // Later requests in the same bytes are not asked about.
    if (this.current === undefined || this.current.reading.outcome !== 'incomplete') return;
    const { wire } = this.current;
    this.current.incoming = incoming;
    this.update({
      outcome: 'accepted',
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      names: incoming.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
    });
    const upgraded = outgoing === undefined;
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      if (this.current?.wire !== wire || this.current.reading.body !== 'incomplete') return;
      this.update({ body: 'complete', bodyText: Buffer.concat(parts).toString('latin1') });
    });
    const { headers } = incoming;
    const framed = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (upgraded || !framed) this.update({ body: 'complete' });
  }

  private update(change: Partial<Reading>): void {
    if (this.current !== undefined) this.current.reading = { ...this.current.reading, ...change };
  }
}
