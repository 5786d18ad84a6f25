import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** A defect may change them before the server is asked. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Ask = (asked: Asked) => Promise<Answered>;

/** What is wrong with a server: gets every request, and the server that answers it rightly. */
export type Defect = (asked: Asked, ask: Ask) => Promise<Answered>;

/** Which frames of the server's sockets do not reach their clients, by what those sent themselves; all reach them when it is missing. */
export type LostFrames = (frame: string, sent: readonly string[]) => boolean;

export interface FaultyServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that answers as the one at the port does, but for its defect. */
export async function startFaultyServer(
  port: number,
  defect: Defect,
  isLost: LostFrames = () => false,
): Promise<FaultyServer> {
  const agent = new Agent({ keepAlive: true });
  const ask: Ask = async ({ method, path, headers, body }) => {
    const sent = request({ agent, port, host: '127.0.0.1', method, path, headers });
    sent.end(body);
    const [response] = await once(sent, 'response');
    return { status: response.statusCode, headers: response.headers, body: await bytesOf(response) };
  };
  const server = createServer(async (incoming, outgoing) => {
    try {
      const { method = 'GET', url: path = '/', headers } = incoming;
      const {
        status,
        headers: answered,
        body,
      } = await defect({ method, path, headers, body: await bytesOf(incoming) }, ask);
      const { 'transfer-encoding': _, connection: __, ...kept } = answered;
      outgoing.writeHead(status, { ...kept, 'content-length': body.length }).end(body);
    } catch {
      // As a server that died in the middle of it.
      outgoing.destroy();
    }
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (incoming, socket, head) =>
    sockets.handleUpgrade(incoming, socket, head, (client) => passOn(client, incoming, port, isLost)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      agent.destroy();
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Frames of both sides, in their order; those of the client wait until the server's socket is open. */
function passOn(client: WebSocket, { url = '/', headers }: IncomingMessage, port: number, isLost: LostFrames): void {
  // What the gateway says of the client is kept, its host too, which the server compares with the origin.
  const kept = Object.entries(headers).filter(([name]) => !/^(sec-websocket-.*|connection|upgrade)$/.test(name));
  const server = new WebSocket(`ws://127.0.0.1:${port}${url}`, { headers: Object.fromEntries(kept) });
  const waiting: RawData[] = [];
  const sent: string[] = [];
  client.on('message', (frame) => {
    sent.push(String(frame));
    if (server.readyState === WebSocket.OPEN) server.send(String(frame));
    else waiting.push(frame);
  });
  server.on('open', () => {
    for (const frame of waiting) server.send(String(frame));
  });
  server.on('message', (frame) => {
    if (!isLost(String(frame), sent)) client.send(String(frame));
  });
  for (const [side, other] of [
    [client, server],
    [server, client],
  ] as const) {
    side.on('error', () => other.terminate());
    side.on('close', () => other.close());
  }
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
