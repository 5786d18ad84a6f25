/** Ours. `POLICY` chooses a destination; `FEATURES=all` turns on everything that costs: affinity, health checks, decisions, access log. */
import { createProxy } from '@holdfast/proxy';

const destinations = JSON.parse(process.env.DESTINATIONS).map((port, i) => ({
  id: `d-${i}`,
  url: `http://127.0.0.1:${port}`,
}));
const all = process.env.FEATURES === 'all';
let logged = 0;
const proxy = createProxy(
  {
    listen: { port: 0 },
    ...(process.env.WORKERS ? { workers: Number(process.env.WORKERS) } : {}),
    upstreams: {
      app: {
        policy: process.env.POLICY ?? (all ? 'least-requests' : 'round-robin'),
        ...(process.env.POLICY === 'consistent-hash' ? { hash: { header: 'x-user' } } : {}),
        ...(all || process.env.FEATURES === 'affinity' ? { affinity: { cookie: 'aff' } } : {}),
        ...(all ? { health: { path: '/small' } } : {}),
        destinations,
      },
    },
    routes: [{ path: '/', upstream: 'app' }],
    affinitySecrets: ['the-secret-of-the-benchmark'],
    trustedProxies: all ? ['127.0.0.1'] : [],
  },
  all ? { accessLog: (entry) => (logged += entry.status) } : {},
);
if (all) proxy.on('decision', () => logged++);
const { port } = await proxy.listen();
process.send({ port });
process.on('SIGINT', () => process.exit(0));
