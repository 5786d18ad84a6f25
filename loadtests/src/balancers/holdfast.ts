import { join } from 'node:path';
import type { BalancerKind, BalancerSettings, Destination } from './balancer.js';

const MAIN = join(import.meta.dirname, '../../../apps/gateway/dist/main.js');

const asUrl = ({ id, port }: Destination) => ({ id, url: `http://127.0.0.1:${port}` });

/** Our gateway, with its admin API for changes. */
export function holdfast(settings: BalancerSettings): BalancerKind {
  return {
    program: {
      file: 'gateway.json',
      arguments: (path) => [MAIN, path],
      render: (_, { port, adminPort, secret }) => JSON.stringify(fileOf(settings, port, adminPort, secret)),
    },
    control({ adminPort }) {
      const ask = async (method: string, path: string, body?: object): Promise<void> => {
        const answer = await fetch(`http://127.0.0.1:${adminPort}/upstreams/app/destinations${path}`, {
          ...{ method, headers: { 'content-type': 'application/json' } },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        if (!answer.ok) throw new Error(`the gateway answered ${answer.status}: ${await answer.text()}`);
      };
      return {
        add: (destination) => ask('POST', '', asUrl(destination)),
        drain: (id) => ask('POST', `/${id}/drain`, {}),
        remove: (id) => ask('DELETE', `/${id}`),
      };
    },
  };
}

function fileOf(settings: BalancerSettings, port: number, adminPort: number, own: string): object {
  const { destinations, policy = 'round-robin', affinity, boundedLoad, limits } = settings;
  const { responseMs = 5_000, stallMs = 60_000, secret = own } = settings;
  return {
    ...{ listen: { port, host: '127.0.0.1' }, admin: { port: adminPort }, affinitySecrets: [secret] },
    timeouts: { writeStallMs: stallMs, tunnelIdleMs: Math.max(stallMs, 60_000) },
    upstreams: {
      app: {
        policy,
        ...(policy === 'consistent-hash' && { hash: { header: 'x-user' } }),
        ...(boundedLoad !== undefined && { boundedLoad }),
        ...(affinity && { affinity: { cookie: 'aff' } }),
        ...(limits && {
          limits: {
            maxInFlightPerDestination: limits.perDestination,
            maxQueued: limits.queued * destinations.length,
            queueTimeoutMs: limits.queueMs,
          },
        }),
        health: { path: '/healthz', intervalMs: 500 },
        timeouts: { responseMs },
        destinations: destinations.map(asUrl),
      },
    },
    routes: [{ path: '/', upstream: 'app' }],
  };
}
