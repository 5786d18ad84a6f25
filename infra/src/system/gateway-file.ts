import { describeScenarios, type System } from '@holdfast/system';
import { stringify } from 'yaml';
import { READER_UPSTREAM, scenarioUpstreams } from './upstreams.js';

/** A running replica, as the gateway needs to know it. */
export interface RunningReplica {
  readonly id: string;
  readonly app: string;
  readonly fleet: string;
  readonly port: number;
}

/** The settings of the gateway file beside the scenarios. */
export interface GatewayFileOptions {
  readonly port: number;
  readonly adminPort: number;
  readonly active: string;
  /** Signs affinity cookies; the same over restarts, so that clients stay bound. */
  readonly affinitySecrets: readonly string[];
  readonly replicas: readonly RunningReplica[];
  /** The fleet whose sessions a reader in another language can read; undefined: there is no reader. */
  readonly readsFleet?: string | undefined;
}

const DOMAIN = 'localhost';
const health = { path: '/healthz' };

/**
 * The gateway's file for this system: one upstream per app of each scenario, one host per scenario. A scenario whose
 * fleet does not run keeps its routes; its upstream has no destinations and says how to start it.
 */
export function gatewayFile(system: System, options: GatewayFileOptions): string {
  const upstreams = scenarioUpstreams(system);
  const destinationsOf = (fleet: string, app: string) =>
    options.replicas
      .filter((replica) => replica.fleet === fleet && replica.app === app)
      .map(({ id, port }) => ({ id, url: `http://127.0.0.1:${port}` }));
  const readerScenarios = Object.keys(system.scenarios).filter(
    (name) => system.scenarios[name]?.fleet === options.readsFleet,
  );
  return stringify(
    {
      listen: { port: options.port, host: '127.0.0.1' },
      admin: { port: options.adminPort },
      scenarios: { active: options.active, domain: DOMAIN, list: describeScenarios(system) },
      trustedProxies: ['127.0.0.1/32'],
      affinitySecrets: options.affinitySecrets,
      upstreams: {
        ...Object.fromEntries(
          upstreams.map(({ name, scenario, fleet, app }) => [
            name,
            {
              policy: system.scenarios[scenario]?.policy,
              ...(system.scenarios[scenario]?.affinity && {
                affinity: { cookie: 'hf_affinity', onFailure: 'redistribute' },
              }),
              health,
              hint: `start it with: npm start -- --scenarios ${scenario} (or npm start -- --all)`,
              destinations: destinationsOf(fleet, app),
            },
          ]),
        ),
        console: { health, destinations: destinationsOf('edge', 'console') },
        ...(readerScenarios.length > 0 && {
          [READER_UPSTREAM.name]: {
            hint: 'the page’s story starts it; it needs PHP or Python with its Redis client',
            destinations: [],
          },
        }),
      },
      routes: [
        ...upstreams.flatMap(({ name, scenario, app }) =>
          (system.apps[app]?.routes ?? []).map((path) => ({ host: `${scenario}.${DOMAIN}`, path, upstream: name })),
        ),
        ...readerScenarios.map((scenario) => ({
          ...{ host: `${scenario}.${DOMAIN}`, path: READER_UPSTREAM.path, upstream: READER_UPSTREAM.name },
        })),
        ...Object.keys(system.scenarios).map((scenario) => ({
          host: `${scenario}.${DOMAIN}`,
          path: '/',
          upstream: 'console',
          websocket: false,
        })),
      ],
    },
    // This writes equal objects in full and not as YAML aliases.
    { aliasDuplicateObjects: false },
  );
}
