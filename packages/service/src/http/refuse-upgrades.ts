import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';
import { Problem } from '../problem/problem.js';

/** Paths whose WebSocket upgrades another listener answers, by server. */
const webSocketPaths = new WeakMap<Server, Set<string>>();
/** Connections whose next request asks for a WebSocket at a path without one. */
const refused = new WeakSet<object>();

/** Declares that another `upgrade` listener of the server answers WebSocket upgrades of this path, and of no other. */
export function claimWebSocketPath(server: Server, path: string): void {
  const paths = webSocketPaths.get(server) ?? new Set();
  webSocketPaths.set(server, paths.add(path));
}

/** The claimed path at which a request asks for a WebSocket; undefined for every other request. */
export function claimedPath(server: Server, request: IncomingMessage): string | undefined {
  const path = pathOf(request.url ?? '');
  const isClaimed = path !== undefined && webSocketPaths.get(server)?.has(path);
  return isClaimed && asksForWebSocket(request) ? path : undefined;
}

/**
 * Gives every upgrade of an unclaimed path to the request handlers, as a request without its `Upgrade` header: a server may
 * ignore that header (RFC 9110, 7.8). `refuseWebSockets` then answers those that ask for a WebSocket.
 */
export function serveUnclaimedUpgrades(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => answers.set(socket, answer));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (claimedPath(server, request) !== undefined) return;
    const serve = () => {
      if (asksForWebSocket(request)) refused.add(socket);
      // Node has taken its parser off the connection, and gives a new connection another one.
      socket.unshift(Buffer.concat([headWithoutUpgrade(request), head]));
      server.emit('connection', socket);
    };
    // A client may send the upgrade before the answer to its previous request. Answers keep their order.
    const before = answers.get(socket);
    if (before === undefined || before.closed) serve();
    else {
      before.once('close', serve);
      // Without a listener, Node would end the process on an error meanwhile.
      socket.on('error', () => undefined);
    }
  });
}

/** Answers 400 to a WebSocket upgrade that no path serves, and ends the connection: its client expects no HTTP on it. */
export const refuseWebSockets: RequestHandler = (req, res, next) => {
  if (!refused.delete(req.socket)) return next();
  res.setHeader('connection', 'close');
  const detail = 'This path serves no WebSocket: send the request without the header Upgrade.';
  next(new Problem(400, 'websocket_not_served', detail));
};

function asksForWebSocket({ headers }: IncomingMessage): boolean {
  const protocols = (headers.upgrade ?? '').split(',').map((protocol) => protocol.trim().toLowerCase());
  return protocols.includes('websocket');
}

function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    if (rawHeaders[n]?.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[n]}: ${rawHeaders[n + 1]}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function pathOf(url: string): string | undefined {
  try {
    return new URL(url, 'http://service').pathname;
  } catch {
    return undefined;
  }
}
