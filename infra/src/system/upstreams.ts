import type { System } from '@holdfast/system';

/** An upstream of the gateway: one app of one scenario. */
export interface ScenarioUpstream {
  readonly name: string;
  readonly scenario: string;
  readonly fleet: string;
  readonly app: string;
}

/** The page's own upstream, which every scenario's `/` leads to. */
export const CONSOLE_UPSTREAM = { name: 'console', fleet: 'edge', app: 'console' } as const;

/** The session's reader in another language; it runs only while the page's story asks it. */
export const READER_UPSTREAM = { name: 'reader', fleet: 'reader', app: 'reader', path: '/me' } as const;

/** Every upstream that the scenarios need: named after the scenario, and after the app where a fleet has several. */
export function scenarioUpstreams(system: System): ScenarioUpstream[] {
  return Object.entries(system.scenarios).flatMap(([scenario, { fleet }]) => {
    const apps = system.fleets[fleet]?.apps ?? [];
    return apps.map((app) => ({ name: apps.length === 1 ? scenario : `${scenario}-${app}`, scenario, fleet, app }));
  });
}

/** The prefix of an app's replica numbers: `auth` for the fleet with plain ids, else `<fleet>-auth`. */
export function idPrefix(system: System, fleet: string, app: string): string {
  return system.fleets[fleet]?.plainIds === true || fleet === app ? app : `${fleet}-${app}`;
}
