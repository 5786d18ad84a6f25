/**
 * A small app in a process of its own, so that it can be killed, frozen and restarted. Every POST is written to a ledger before it is
 * answered: what the ledger has twice was done twice. PUT /behaviour changes how it answers.
 * SIGTERM as an orchestrator sends it: the health check fails first, the port closes a little later.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

const LEAVE_AFTER_MS = 1_500;
const END_MS = 2_000;

const ledger = openSync(process.env.LEDGER ?? '', 'a');
/** `slots`: requests that are worked on at once; the others wait in a line. */
let behaviour = { delayMs: 2, status: 200, slots: Number.MAX_SAFE_INTEGER };
let leaving = false;
let working = 0;
const line: [IncomingMessage, ServerResponse][] = [];

const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    response.writeHead(leaving ? 503 : 200).end();
  } else if (request.url === '/behaviour') {
    void json(request).then((change) => {
      behaviour = { ...behaviour, ...(change as Partial<typeof behaviour>) };
      response.end();
    });
  } else {
    request.resume();
    request.on('end', () => (working < behaviour.slots ? work(request, response) : line.push([request, response])));
  }
});
server.keepAliveTimeout = 60_000;

function work(request: IncomingMessage, response: ServerResponse): void {
  working++;
  if (request.method === 'POST') writeSync(ledger, `${request.headers['x-request']}\n`);
  const { delayMs, status } = behaviour;
  const answer = (): void => {
    const last = leaving ? { connection: 'close' } : {};
    response.writeHead(status, { 'x-instance': process.env.ID ?? '', 'content-length': 3, ...last }).end('ok\n');
    working--;
    const next = line.shift();
    if (next !== undefined) work(...next);
  };
  if (delayMs > 0) setTimeout(answer, delayMs);
  else answer();
}

process.on('SIGTERM', () => {
  leaving = true;
  setTimeout(() => {
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), END_MS).unref();
  }, LEAVE_AFTER_MS);
});
server.listen(Number(process.env.PORT), '127.0.0.1', 4096);
