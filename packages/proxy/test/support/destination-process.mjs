/** A replica as a process of its own, so that it can be killed, frozen and restarted. Answers like a small app. */
import { createServer } from 'node:http';

let leaving = false;
let open = 0;
let saidSo = 0;
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    response.writeHead(leaving ? 503 : 200).end();
    if (leaving) saidSo++;
    leaveWhenUnused();
    return;
  }
  open++;
  response.on('close', () => {
    open--;
    leaveWhenUnused();
  });
  request.resume();
  const busyMs = Number(/^\/busy\/(\d+)$/.exec(request.url)?.[1] ?? 0);
  request.on('end', () => {
    // Synchronous work: nobody else is answered meanwhile, health checks neither.
    for (const until = Date.now() + busyMs; Date.now() < until; );
    response.end(process.env.ID);
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => process.send({ port: server.address().port }));
// A considerate end: say so to the health checks first, and close only when nobody asks any more. Closing at once would
// reset requests that are already on the wire, and nobody could tell whether they were done. The third check comes after
// the second was heard, and the second takes us out.
process.on('SIGTERM', () => {
  leaving = true;
});
process.on('disconnect', () => process.exit(0));

function leaveWhenUnused() {
  if (saidSo >= 3 && open === 0) server.close(() => process.exit(0));
}
