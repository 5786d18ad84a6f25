import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { AWS_DEFAULTS, type TargetGroupAttributes, upstreamOf } from './alb-target-group.js';
import type { Engine, EnginePlace } from './engine.js';
import type { Pool } from './pool.js';

const GATEWAY = fileURLToPath(new URL('../../../apps/gateway/bin/holdfast-gateway.js', import.meta.url));

export default {
  id: 'alb',
  title: 'our gateway with the rules of an AWS Application Load Balancer (an emulation: docs/alb.md)',
  explains: [
    'round_robin and least_outstanding_requests. There is no way to choose a target by the address of the client.',
    'Duration-based stickiness: the cookie AWSALB comes anew with every answer, and its duration starts anew with it. Application-based: AWSALBAPP-0, once an answer sets the cookie of the application.',
    'A client whose target is unhealthy or is being deregistered gets another one and stays there.',
    'Asks /healthz every 5 s; two failures take a target out, two successes bring it back. No request is repeated elsewhere: until then a dead target costs errors.',
  ],
  levers: ['drain'],
  lacks: ['random-two', 'ip-hash', 'consistent-hash'],
  program: {
    file: 'alb.yaml',
    obtain: async () => process.execPath,
    arguments: (filePath) => [GATEWAY, filePath],
    // What the environment says of ports wins over the file.
    withoutEnv: ['GATEWAY_PORT', 'GATEWAY_ADMIN_PORT', 'GATEWAY_CONFIG', 'FLEET_URL'],
    async drain(adminPort, pool, destination, on) {
      const path = `/upstreams/${pool}/destinations/${destination}/${on ? 'drain' : 'undrain'}`;
      const deadlineMs = AWS_DEFAULTS['deregistration_delay.timeout_seconds'] * 1000;
      const answer = await fetch(`http://127.0.0.1:${adminPort}${path}`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        ...(on && { body: JSON.stringify({ deadlineMs }) }),
      });
      if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    },
    render: (pools, place) => albFile(pools, place, attributesOf),
  },
} satisfies Engine;

/** The gateway file of an emulated load balancer: a target group for each pool. */
export function albFile(
  pools: readonly Pool[],
  { port, adminPort, secret }: Pick<EnginePlace, 'port' | 'adminPort' | 'secret'>,
  attributes: (pool: Pool) => Partial<TargetGroupAttributes>,
): string {
  return stringify(
    {
      listen: { port, host: '127.0.0.1' },
      admin: { port: adminPort },
      trustedProxies: ['127.0.0.1/32'],
      affinitySecrets: [secret],
      upstreams: Object.fromEntries(
        pools.map((pool) => [
          pool.name,
          {
            ...upstreamOf(attributes(pool)),
            destinations: pool.destinations.map(({ id, port: own }) => ({ id, url: `http://127.0.0.1:${own}` })),
          },
        ]),
      ),
      routes: pools.flatMap(({ name, host, routes }) => routes.map((path) => ({ host, path, upstream: name }))),
    },
    { aliasDuplicateObjects: false },
  );
}

function attributesOf({ policy, affinity }: Pool): Partial<TargetGroupAttributes> {
  return {
    'load_balancing.algorithm.type': policy === 'least-requests' ? 'least_outstanding_requests' : 'round_robin',
    'stickiness.enabled': affinity,
  };
}
