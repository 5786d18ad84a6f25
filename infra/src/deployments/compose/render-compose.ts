import type { System } from '@holdfast/system';
import { type Rendered, yamlFile } from '../rendered.js';
import { consoleFile, consoleService, fleetServices, gatewayService } from './compose-services.js';
import { composeGatewayFile } from './gateway-file.js';
import { NETWORK } from './network.js';
import { STORE_SERVICES } from './store-services.js';
import { COLLECTOR_FILE, GRAFANA_DASHBOARDS, GRAFANA_DATASOURCES, prometheusFile } from './watch-files.js';

/** The scenarios that the compose file can run: those of the fleets of a plain `npm start`. */
export function composeScenarios(system: System): string[] {
  return Object.keys(system.scenarios).filter((name) => system.fleets[system.scenarios[name]?.fleet ?? '']?.byDefault);
}

/** The whole system for Docker Compose. `COMPOSE_PROFILES` is the scenario; `.env` has the usual one. */
export function renderCompose(system: System): Rendered {
  const scenarios = composeScenarios(system);
  const fleets = [...new Set(scenarios.map((name) => system.scenarios[name]?.fleet ?? ''))];
  const services = {
    gateway: gatewayService(),
    console: consoleService(),
    ...Object.assign({}, ...fleets.map((fleet) => fleetServices(system, fleet))),
    ...STORE_SERVICES,
  };
  const files = scenarios.flatMap((name): [string, string][] => [
    [`compose/${name}/gateway.yaml`, yamlFile(composeGatewayFile(system, name))],
    [`compose/${name}/console.env`, consoleFile(system, name)],
    [`compose/${name}/prometheus.yaml`, yamlFile(prometheusFile(system, name))],
  ]);
  return {
    'compose/compose.yaml': yamlFile({ services, networks: { holdfast: NETWORK }, volumes: { redis: {} } }),
    'compose/.env': `# The scenario: ${scenarios.join(', ')}. A variable of your shell wins over this file.\nCOMPOSE_PROFILES=${system.active}\n`,
    ...Object.fromEntries(files),
    'compose/collector.yaml': yamlFile(COLLECTOR_FILE),
    'compose/grafana-datasources.yaml': yamlFile(GRAFANA_DATASOURCES),
    'compose/grafana-dashboards.yaml': yamlFile(GRAFANA_DASHBOARDS),
  };
}
