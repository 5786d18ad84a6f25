import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

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

export interface FaultyServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server that answers as the one at the port does, but for its defect. */
export async function startFaultyServer(port: number, defect: Defect): Promise<FaultyServer> {
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
