import type { System } from '@holdfast/system';
import { CONSOLE_UPSTREAM, scenarioUpstreams } from '../../system/upstreams.js';
import { CONTAINER_PORT, GATEWAY_PORT } from '../container.js';
import { addressOf, replicaIds } from './compose-services.js';

/** The gateway's file for one scenario, at every host. It has no secret: `AFFINITY_SECRETS` brings it. */
export function composeGatewayFile(system: System, scenarioName: string): object {
  const scenario = system.scenarios[scenarioName];
  const upstreams = scenarioUpstreams(system).filter((upstream) => upstream.scenario === scenarioName);
  const health = { path: '/healthz' };
  return {
    listen: { port: GATEWAY_PORT, host: '0.0.0.0' },
    status: { port: CONTAINER_PORT, host: '0.0.0.0' },
    upstreams: {
      ...Object.fromEntries(
        upstreams.map(({ app, fleet }) => [
          app,
          {
            policy: scenario?.policy,
            ...(scenario?.affinity && { affinity: { cookie: 'hf_affinity', onFailure: 'redistribute' } }),
            health,
            destinations: replicaIds(system, fleet, app).map((id) => ({ id, url: `http://${addressOf(id)}` })),
          },
        ]),
      ),
      [CONSOLE_UPSTREAM.name]: { health, destinations: [{ id: 'console-1', url: `http://${addressOf('console')}` }] },
    },
    routes: [
      ...upstreams.flatMap(({ app }) => (system.apps[app]?.routes ?? []).map((path) => ({ path, upstream: app }))),
      { path: '/', upstream: CONSOLE_UPSTREAM.name, websocket: false },
    ],
  };
}
