import type { System } from '@holdfast/system';

/** The fleets to choose. */
export interface FleetChoice {
  /** Every fleet. */
  readonly all?: boolean;
  /** Only the fleets that these scenarios need. */
  readonly scenarios?: readonly string[] | undefined;
}

/** The fleets to start and the scenario that plain `localhost` serves. Throws when a scenario is unknown. */
export function chooseFleets(system: System, choice: FleetChoice): { fleets: string[]; active: string } {
  const { scenarios } = choice;
  if (scenarios !== undefined) return fleetsOf(system, scenarios);
  const fleets = Object.entries(system.fleets).filter(([, { byDefault }]) => choice.all === true || byDefault);
  return { fleets: fleets.map(([name]) => name), active: system.active };
}

function fleetsOf(system: System, scenarios: readonly string[]): { fleets: string[]; active: string } {
  const fleets = scenarios.map((scenario) => {
    const known = system.scenarios[scenario];
    if (known === undefined) {
      throw new Error(`there is no scenario "${scenario}"; there are ${Object.keys(system.scenarios).join(', ')}`);
    }
    return known.fleet;
  });
  const active = scenarios.includes(system.active) ? system.active : scenarios[0];
  return { fleets: [...new Set(fleets)], active: active ?? system.active };
}

/** Whether one of these fleets keeps its sessions in Memcached. */
export function needsMemcached(system: System, fleets: readonly string[]): boolean {
  return fleets.some((fleet) => system.fleets[fleet]?.env.SESSION_STORE === 'memcached');
}
