import { describeScenarios, type System } from '@holdfast/system';
import { idPrefix } from '../../system/upstreams.js';
import { CONTAINER_PORT, GATEWAY_PORT, REPLICAS } from '../container.js';
import { DRAIN, drainEnv } from '../drain.js';
import { HEADER } from '../rendered.js';
import { GATEWAY_ADDRESS } from './network.js';
import { SCENARIO, variable } from './variable.js';

/** A service of a compose file. */
export type ComposeService = Readonly<Record<string, unknown>>;

const SECRETS = variable('SESSION_SECRETS', ':?set it to a random text, such as `openssl rand -base64 32` prints');

/** What is the same for every container of ours: nothing to write to, no rights, a limit, time to leave. */
function ours(app: string): ComposeService {
  return {
    image: `holdfast/${app}:${variable('HOLDFAST_TAG', ':-local')}`,
    build: {
      context: '../../..',
      dockerfile: 'infra/deployments/container/Dockerfile',
      args: { APP: app },
    },
    restart: 'unless-stopped',
    read_only: true,
    tmpfs: ['/tmp'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: '256m',
    stop_grace_period: `${DRAIN.timeoutSeconds + DRAIN.marginSeconds}s`,
  };
}

/** The gateway, which is told by the scenario's file where the replicas are. */
export function gatewayService(): ComposeService {
  return {
    ...ours('gateway'),
    environment: {
      GATEWAY_CONFIG: '/etc/holdfast/gateway.yaml',
      AFFINITY_SECRETS: SECRETS,
      SHUTDOWN_TIMEOUT_MS: drainEnv(0).SHUTDOWN_TIMEOUT_MS,
    },
    // A folder and not the file: an editor that replaces the file would leave the container with the old one.
    volumes: [`./${SCENARIO}:/etc/holdfast:ro`],
    ports: [`127.0.0.1:${variable('GATEWAY_PORT', `:-${GATEWAY_PORT}`)}:${GATEWAY_PORT}`],
    networks: { holdfast: { ipv4_address: GATEWAY_ADDRESS } },
  };
}

/** The page, which is told by the scenario's file what it shows. */
export function consoleService(): ComposeService {
  return {
    ...ours('console'),
    environment: { INSTANCE_ID: 'console-1' },
    env_file: [`./${SCENARIO}/console.env`],
    networks: { holdfast: {} },
  };
}

/** The card of the one scenario that runs, so that the page compares it with none. Without quotes, which not every engine takes off. */
export function consoleFile(system: System, scenarioName: string): string {
  const cards = describeScenarios(system).filter(({ name }) => name === scenarioName);
  return `${HEADER}SCENARIOS=${JSON.stringify(cards)}\n`;
}

/** The replicas of a fleet's apps, by the id that is also their host name. They run in the scenarios of the fleet. */
export function fleetServices(system: System, fleetName: string): Record<string, ComposeService> {
  const fleet = system.fleets[fleetName];
  const profiles = Object.keys(system.scenarios).filter((name) => system.scenarios[name]?.fleet === fleetName);
  const services = (fleet?.apps ?? []).flatMap((app) =>
    replicaIds(system, fleetName, app).map((id): [string, ComposeService] => [
      id,
      {
        ...ours(app),
        profiles,
        environment: {
          INSTANCE_ID: id,
          ...fleet?.env,
          REDIS_URL: 'redis://redis:6379',
          KAFKA_BROKERS: 'kafka:9092',
          SESSION_SECRETS: SECRETS,
          // The gateway of this file speaks plain HTTP to the browser. Behind TLS it is true.
          SESSION_SECURE: 'false',
          TRUSTED_PROXIES: GATEWAY_ADDRESS,
          OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
          ...drainEnv(DRAIN.gatewayNoticeSeconds),
        },
        depends_on: { redis: { condition: 'service_healthy' } },
        networks: { holdfast: {} },
      },
    ]),
  );
  return Object.fromEntries(services);
}

/** The ids of an app's replicas in a fleet. */
export function replicaIds(system: System, fleet: string, app: string): string[] {
  const count = system.fleets[fleet]?.replicas ?? REPLICAS;
  return Array.from({ length: count }, (_, n) => `${idPrefix(system, fleet, app)}-${n + 1}`);
}

/** Where a replica answers inside the network. */
export function addressOf(id: string): string {
  return `${id}:${CONTAINER_PORT}`;
}
