// A proxy with a policy of its own: `fill-first` is a name that the config may use because createProxy was given it.
import { createProxy } from '@holdfast/proxy';
import { FillFirst } from './fill-first.js';

/** Resolves with the proxy and its port once it listens. */
export async function startProxy(urls, { port = 8080, full = 2 } = {}) {
  const proxy = createProxy(
    {
      listen: { port },
      upstreams: { app: { policy: 'fill-first', destinations: urls.map((url, n) => ({ id: `app-${n + 1}`, url })) } },
      routes: [{ path: '/', upstream: 'app' }],
    },
    { policies: { 'fill-first': () => new FillFirst(full) } },
  );
  const { port: listening } = await proxy.listen();
  return { proxy, port: listening };
}

if (process.argv[1] === import.meta.filename) await startProxy(process.argv.slice(2));
