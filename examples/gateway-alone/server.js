// Stands for your app: every path is answered, /healthz too.
import { createServer } from 'node:http';

createServer((_request, response) => response.end(`from port ${process.env.PORT}\n`)).listen(
  process.env.PORT,
  '127.0.0.1',
);
