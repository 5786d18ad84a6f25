/** A replica as a process of its own, so that it can be killed, frozen and restarted. Answers like a small app. */
import { createServer } from 'node:http';

let healthy = true;
const server = createServer((request, response) => {
  if (request.url === '/healthz') {
    response.writeHead(healthy ? 200 : 503).end();
    return;
  }
  request.resume();
  request.on('end', () => response.end(process.env.ID));
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('SIGTERM', () => {
  healthy = false;
  server.close(() => process.exit(0));
});
process.on('disconnect', () => process.exit(0));
