/** The proxy under soak: a process of its own that reloads when told and reports what it holds. */
import { createProxy } from '@holdfast/proxy';

const destinations = JSON.parse(process.env.DESTINATIONS).map((port, i) => ({
  id: `d-${i}`,
  url: `http://127.0.0.1:${port}`,
}));
const config = (round) => ({
  listen: { port: 0 },
  upstreams: {
    app: {
      policy: 'least-requests',
      affinity: { cookie: 'aff' },
      health: { path: '/healthz' },
      ejection: { failures: 1000 },
      destinations: round % 2 === 0 ? destinations : destinations.slice(0, 2),
    },
  },
  routes: [{ path: '/', upstream: 'app' }],
});
const proxy = createProxy(config(0));
const { port } = await proxy.listen();
let round = 0;
process.on('message', (what) => {
  if (what === 'reload') return void proxy.reload(config(++round));
  globalThis.gc?.();
  const { openConnections, openTunnels, requests, clientAborts, problems, upstreams } = proxy.metrics();
  const inFlight = upstreams.flatMap((u) => u.destinations).reduce((sum, d) => sum + d.inFlight, 0);
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ openConnections, openTunnels, requests, clientAborts, problems, inFlight, rss, heapUsed });
});
process.on('disconnect', () => process.exit(0));
process.send({ port });
