/** A replica as a process of its own, so that it can be killed, frozen and restarted. Answers like a small app. */
import { createServer } from 'node:http';

let healthy = true;
let requests = 0;
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    response.writeHead(healthy ? 200 : 503).end();
    return;
  }
  requests++;
  request.resume();
  request.on('end', () => response.end(process.env.ID));
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => process.send({ port: server.address().port }));
// A considerate end: say so to the health checks first, and close only when nobody asks any more. Closing at once would
// reset requests that are already on the wire, and nobody could tell whether they were done.
process.on('SIGTERM', () => {
  healthy = false;
  let last = requests;
  const timer = setInterval(() => {
    if (requests !== last) {
      last = requests;
      return;
    }
    clearInterval(timer);
    server.close(() => process.exit(0));
  }, 300);
});
process.on('disconnect', () => process.exit(0));
