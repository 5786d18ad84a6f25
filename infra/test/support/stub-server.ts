import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server behind a load balancer: answers 200, counts, and dies and comes back on its port. */
export class StubServer {
  port = 0;
  readonly asked: IncomingMessage[] = [];
  /** In place of an answer: left open, or anything else. Health checks are answered while there is none. */
  instead: Answer | undefined;
  /** False: each answer ends its connection, so that none of them waits for a next request. */
  keepsConnections = true;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(readonly id: string) {}

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url !== '/healthz') this.asked.push(request);
      if (!this.keepsConnections) response.setHeader('connection', 'close');
      if (this.instead !== undefined) this.instead(request, response);
      else response.end(JSON.stringify(request.headers));
    });
    server.on('upgrade', ({ headers }, socket) => {
      // HAProxy checks it (RFC 6455, 4.2.2).
      const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${WEBSOCKET_GUID}`).digest('base64');
      const head = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
      socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '\r\n'].join('\r\n'));
      socket.pipe(socket);
    });
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** As `kill -9` does: every connection ends, new ones are refused. */
  async die(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
