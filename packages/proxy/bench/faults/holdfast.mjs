import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort, spawnOwned } from '../native.mjs';

const file = fileURLToPath(new URL('holdfast-process.mjs', import.meta.url));

/** Ours with the same settings as the others, and its library's calls for changes. */
export async function startHoldfast(settings) {
  const port = settings.port ?? (await freePort());
  const CONFIG = JSON.stringify(config({ ...settings, port }));
  const spawn = async () => {
    const child = spawnOwned(process.execPath, [file], {
      env: { ...process.env, CONFIG },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [ready] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the proxy ended with ${code}`);
      }),
    ]);
    return ready.port === port ? child : Promise.reject(new Error(`listens on ${ready.port}, not ${port}`));
  };
  let child = await spawn();
  const call = async (...message) => {
    child.send(message);
    const [{ answer }] = await once(child, 'message');
    return answer;
  };
  return {
    name: 'holdfast',
    port,
    pids: () => [child.pid],
    add: ({ id, port }) => call('addDestination', 'app', { id, url: `http://127.0.0.1:${port}` }),
    drain: (id) => call('drain', 'app', id),
    remove: (id) => call('removeDestination', 'app', id),
    metrics: () => call('metrics'),
    async restart() {
      child.send(['close']);
      await once(child, 'exit');
      child = await spawn();
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function config(settings) {
  const { port, destinations, policy = 'round-robin', affinity = false, boundedLoad } = settings;
  const { responseMs = 5000, stallMs = 60_000, limit = 0, maxQueued = 0, queueMs = 1000 } = settings;
  return {
    listen: { port },
    affinitySecrets: ['the-secret-of-the-benchmark'],
    timeouts: { writeStallMs: stallMs, tunnelIdleMs: Math.max(stallMs, 60_000) },
    upstreams: {
      app: {
        policy,
        ...(policy === 'consistent-hash' ? { hash: { header: 'x-user' } } : {}),
        ...(boundedLoad ? { boundedLoad } : {}),
        ...(affinity ? { affinity: { cookie: 'aff' } } : {}),
        ...(limit > 0
          ? {
              limits: {
                maxInFlightPerDestination: limit,
                maxQueued: maxQueued * destinations.length,
                queueTimeoutMs: queueMs,
              },
            }
          : {}),
        health: { path: '/healthz', intervalMs: 500 },
        timeouts: { responseMs },
        destinations: destinations.map(({ id, port }) => ({ id, url: `http://127.0.0.1:${port}` })),
      },
    },
    routes: [{ path: '/', upstream: 'app' }],
  };
}
