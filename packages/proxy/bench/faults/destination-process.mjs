/**
 * A small app in a process of its own, so that it can be killed, frozen and restarted. Every POST is written to a ledger
 * before it is answered: what the ledger has twice was done twice. The parent tells it how to behave: `delayMs`,
 * `status`, `slots` (requests worked on at once; the others wait in a line).
 * SIGTERM as an orchestrator sends it: the health check fails first, the port closes `leaveAfterMs` later.
 */
import { openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

const { ID, LEDGER, PORT = '0', LEAVE_AFTER_MS = '1500' } = process.env;
const ledger = LEDGER ? openSync(LEDGER, 'a') : undefined;
let behaviour = { delayMs: 2, status: 200, slots: Number.POSITIVE_INFINITY };
let leaving = false;
let working = 0;
const line = [];

const server = createServer((request, response) => {
  if (request.url === '/healthz') return void response.writeHead(leaving ? 503 : 200).end();
  request.resume();
  request.on('end', () => {
    if (working < behaviour.slots) work(request, response);
    else line.push([request, response]);
  });
});
server.keepAliveTimeout = 60_000;

function work(request, response) {
  working++;
  if (request.method === 'POST' && ledger !== undefined) writeSync(ledger, `${request.headers['x-request']}\n`);
  const { delayMs, status } = behaviour;
  const answer = () => {
    response.writeHead(status, {
      'x-instance': ID,
      'content-length': 3,
      ...(leaving ? { connection: 'close' } : {}),
    });
    response.end('ok\n');
    working--;
    const next = line.shift();
    if (next !== undefined) work(...next);
  };
  if (delayMs > 0) setTimeout(answer, delayMs);
  else answer();
}

process.on('message', (change) => {
  behaviour = { ...behaviour, ...change };
});
process.on('SIGTERM', () => {
  leaving = true;
  setTimeout(() => {
    server.close(() => process.exit(0));
    setTimeout(() => process.exit(0), 2000).unref();
  }, Number(LEAVE_AFTER_MS));
});
process.on('disconnect', () => process.exit(0));
server.listen(Number(PORT), '127.0.0.1', 4096, () => process.send({ port: server.address().port }));
