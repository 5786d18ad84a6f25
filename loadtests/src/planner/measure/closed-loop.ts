import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends requests to a scenario over kept connections, and counts the bytes on them. */
export class LoadClient {
  private readonly agent: Agent;
  private readonly sockets = new Set<Socket>();
  private readonly host: string;
  private readonly port: number;

  constructor(url: string, connections: number) {
    const { hostname, port } = new URL(url);
    this.host = `${hostname}:${port}`;
    this.port = Number(port);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  get bytes(): number {
    let sum = 0;
    for (const socket of this.sockets) sum += socket.bytesRead + socket.bytesWritten;
    return sum;
  }

  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: object): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const content =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ method, path, agent: this.agent, host: '127.0.0.1', port: this.port, timeout: 15_000 },
          headers: { host: this.host, ...headers, ...content },
        },
        (incoming) => {
          let answer = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (chunk: string) => {
            answer += chunk;
          });
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answer }),
          );
          incoming.on('error', reject);
        },
      );
      outgoing.on('socket', (socket) => this.sockets.add(socket));
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path} got no answer within 15 s`)));
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Runs `act` for 0 … count − 1, `parallel` at a time. */
export async function inParallel(count: number, parallel: number, act: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const n = next;
      next += 1;
      await act(n);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, work));
}

/** Adds the cookies of an answer to the `cookie` header of later requests, as a browser does. */
export function keepCookies(headers: Record<string, string>, answered: IncomingHttpHeaders): void {
  const jar = new Map((headers.cookie ?? '').split('; ').flatMap((pair) => (pair === '' ? [] : [pairOf(pair)])));
  for (const line of answered['set-cookie'] ?? []) jar.set(...pairOf(line.split(';')[0] ?? ''));
  headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
